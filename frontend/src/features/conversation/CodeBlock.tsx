import { useEffect, useState } from "react";
import { Copy } from "lucide-react";
import { useI18n } from "../../i18n";
import { IconButton } from "../../ui/IconButton";
import { useToast } from "../../ui/Toast";
import styles from "./CodeBlock.module.css";
import { copyText } from "./copy";
import type { Toned } from "./highlight";

/** What languages are called that people name by the endings of their files. */
const names: Readonly<Record<string, string | undefined>> = {
  bash: "Bash",
  c: "C",
  cpp: "C++",
  cs: "C#",
  css: "CSS",
  go: "Go",
  html: "HTML",
  java: "Java",
  javascript: "JavaScript",
  js: "JavaScript",
  json: "JSON",
  jsx: "JSX",
  kt: "Kotlin",
  md: "Markdown",
  php: "PHP",
  py: "Python",
  python: "Python",
  rb: "Ruby",
  rs: "Rust",
  rust: "Rust",
  sh: "Shell",
  sql: "SQL",
  swift: "Swift",
  toml: "TOML",
  ts: "TypeScript",
  tsx: "TSX",
  typescript: "TypeScript",
  xml: "XML",
  yaml: "YAML",
  yml: "YAML",
};

type CodeBlockProps = {
  /** As it was written after the marks; "" for none. */
  lang: string;
  code: string;
};

/** Longer code stays without colours: finding them would be felt. */
const longest = 20_000;

/** Code in a message: scrolls by itself, coloured where its language is known. */
export function CodeBlock({ lang, code }: CodeBlockProps) {
  const { t } = useI18n();
  const [toned, setToned] = useState<readonly Toned[] | null>(null);
  const toast = useToast();
  // The script of the colours comes when there is code to be coloured.
  useEffect(() => {
    if (lang === "" || code.length > longest) return;
    let left = false;
    import("./highlight").then(
      ({ highlight }) => !left && setToned(highlight(code, lang.toLowerCase())),
      () => {}, // Without colours it is as good.
    );
    return () => {
      left = true;
    };
  }, [code, lang]);
  const copy = () => {
    void copyText(code).then((done) => done && toast({ text: t("message.copied") }));
  };
  return (
    <span className={styles.block} dir="ltr">
      <span className={styles.head}>
        <span className={styles.lang}>
          {lang === "" ? t("code.plain") : (names[lang.toLowerCase()] ?? lang)}
        </span>
        <IconButton icon={Copy} label={t("code.copy")} size="sm" onClick={copy} />
      </span>
      <code className={styles.code} tabIndex={0} translate="no">
        {toned
          ? toned.map((part, i) =>
              part.tone === "" ? (
                part.text
              ) : (
                <span key={i} data-tone={part.tone}>
                  {part.text}
                </span>
              ),
            )
          : code}
      </code>
    </span>
  );
}
