import { Search } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./IconButton";
import styles from "./ListPane.module.css";

type ListPaneProps = {
  /** Shown above the list where it has the window to itself. */
  title: string;
  /** What the button beside the search does. */
  add: { icon: LucideIcon; label: string; onClick: () => void };
  /** Another way from it, where it has the window to itself. */
  more?: { icon: LucideIcon; label: string; onClick: () => void };
  /** The search field. */
  search: ReactNode;
  /** Given, narrow windows show the search only when they are asked to. */
  ask?: { label: string; asked: boolean; onClick: () => void };
  children: ReactNode;
};

/** The pane of a list with its search. */
export function ListPane({ title, add, more, search, ask, children }: ListPaneProps) {
  return (
    <div className={styles.pane}>
      <header className={styles.top}>
        <h1>{title}</h1>
        {ask && <IconButton icon={Search} label={ask.label} onClick={ask.onClick} />}
        {more && <IconButton {...more} />}
        <IconButton {...add} />
      </header>
      <div className={styles.head} data-hidden={(ask && !ask.asked) || undefined}>
        <div className={styles.search}>{search}</div>
        <IconButton className={styles.add} {...add} />
      </div>
      {children}
    </div>
  );
}
