import type { ReactNode } from "react";
import { ChevronLeft } from "lucide-react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { IconButton } from "../../ui/IconButton";
import styles from "./PaneHeader.module.css";

type PaneHeaderProps = {
  title: string;
  caption?: string;
  /** Only narrow windows need the header: for the way back. */
  narrowOnly?: boolean;
  children?: ReactNode;
};

/** The head of a pane beside the contacts. */
export function PaneHeader({ title, caption, narrowOnly, children }: PaneHeaderProps) {
  const { navigation } = useApp();
  const { t } = useI18n();
  return (
    <header className={styles.header} data-narrow={narrowOnly || undefined}>
      <IconButton
        className={styles.back}
        icon={ChevronLeft}
        label={t("contacts.back")}
        onClick={() => navigation.back()}
      />
      <div className={styles.title}>
        {narrowOnly ? (
          <p className={styles.name}>{title}</p>
        ) : (
          <h1 className={styles.name}>{title}</h1>
        )}
        {caption !== undefined && <p className={styles.caption}>{caption}</p>}
      </div>
      {children}
    </header>
  );
}
