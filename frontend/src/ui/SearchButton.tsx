import { Search } from "lucide-react";
import { Kbd } from "./Kbd";
import styles from "./SearchField.module.css";

type SearchButtonProps = {
  shortcut: string | undefined;
  text: string;
  onClick: () => void;
};

/** Looks like a search box and opens one. */
export function SearchButton({ shortcut, text, onClick }: SearchButtonProps) {
  return (
    <button
      type="button"
      className={styles.box}
      data-opens
      aria-haspopup="dialog"
      aria-keyshortcuts={shortcut?.replace("Ctrl", "Control")}
      onClick={onClick}
    >
      <Search aria-hidden />
      <span className={styles.words}>{text}</span>
      {shortcut && (
        <span aria-hidden>
          <Kbd keys={shortcut} plain />
        </span>
      )}
    </button>
  );
}
