import { useState } from "react";
import type { ComponentProps } from "react";
import { EmojiPicker as Base } from "frimousse";
import { Search } from "lucide-react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import styles from "./EmojiPicker.module.css";
import { emojiVersion } from "./emojiVersion";
import { withRecent } from "./recentEmoji";

type EmojiPickerProps = { onPick: (emoji: string) => void };

const columns = 9;

/** All emoji that this system can draw, searchable in the page's language. */
export function EmojiPicker({ onPick }: EmojiPickerProps) {
  const { t, locale } = useI18n();
  const { settings } = useApp();
  const [recent] = useState(() => settings.getSnapshot().settings?.recent_emoji ?? []);
  const [version] = useState(emojiVersion);
  const [search, setSearch] = useState("");
  const pick = (emoji: string) => {
    // Not remembered then: the emoji itself matters more.
    settings.update({ recent_emoji: withRecent(recent, emoji) }).catch(() => undefined);
    onPick(emoji);
  };
  return (
    <Base.Root
      className={styles.picker}
      locale={locale === "en" ? "en" : "zh"}
      emojibaseUrl={new URL("./emoji", document.baseURI).href}
      emojiVersion={version}
      columns={columns}
      onEmojiSelect={({ emoji }) => pick(emoji)}
    >
      <label className={styles.search}>
        <Search size={16} strokeWidth={1.75} aria-hidden />
        <Base.Search
          className={styles.input}
          aria-label={t("emoji.search")}
          placeholder={t("emoji.search")}
          value={search}
          onChange={(e) => setSearch(e.target.value)}
          autoFocus
        />
      </label>
      {search === "" && recent.length > 0 && (
        <div className={styles.recent} role="group" aria-label={t("emoji.recent")}>
          <div className={styles.heading} aria-hidden>
            {t("emoji.recent")}
          </div>
          <div className={styles.row}>
            {recent.map((emoji) => (
              <button
                type="button"
                key={emoji}
                className={styles.emoji}
                onClick={() => pick(emoji)}
              >
                {emoji}
              </button>
            ))}
          </div>
        </div>
      )}
      <Base.Viewport className={styles.viewport}>
        <Base.Loading className={styles.note}>{t("emoji.loading")}</Base.Loading>
        <Base.Empty className={styles.note}>{t("emoji.none")}</Base.Empty>
        <Base.List className={styles.list} components={{ CategoryHeader, Row, Emoji }} />
      </Base.Viewport>
    </Base.Root>
  );
}

type ListComponents = NonNullable<ComponentProps<typeof Base.List>["components"]>;
type Props<K extends keyof ListComponents> = ComponentProps<NonNullable<ListComponents[K]>>;

function CategoryHeader({ category, ...rest }: Props<"CategoryHeader">) {
  return (
    <div {...rest} className={styles.heading}>
      {category.label}
    </div>
  );
}

function Row(props: Props<"Row">) {
  return <div {...props} className={styles.row} />;
}

function Emoji({ emoji, ...rest }: Props<"Emoji">) {
  return (
    <button {...rest} type="button" className={styles.emoji} data-on={emoji.isActive || undefined}>
      {emoji.emoji}
    </button>
  );
}
