import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./IconButton";
import styles from "./PageBody.module.css";
import { Scroll } from "./Scroll";

type PageBodyProps = {
  title: string;
  /** Where narrow windows show one pane only. */
  back: { label: string; onClick: () => void };
  /** There is nothing to press in it: it has the focus itself, so that keys scroll it. */
  reading?: boolean | undefined;
  children: ReactNode;
};

/** A page of cards in the main pane. */
export function PageBody({ title, back, reading = false, children }: PageBodyProps) {
  return (
    <Scroll
      className={styles.body}
      {...(reading && { tabIndex: 0, role: "region", "aria-label": title })}
    >
      <div className={styles.inner}>
        <header className={styles.head}>
          <IconButton className={styles.back} icon={ChevronLeft} {...back} />
          <h2 className={styles.title}>{title}</h2>
        </header>
        {children}
      </div>
    </Scroll>
  );
}
