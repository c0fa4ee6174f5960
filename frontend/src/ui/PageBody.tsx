import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./IconButton";
import styles from "./PageBody.module.css";
import { Scroll } from "./Scroll";

type PageBodyProps = {
  title: string;
  /** Where narrow windows show one pane only. */
  back: { label: string; onClick: () => void };
  children: ReactNode;
};

/** A page of cards in the main pane. */
export function PageBody({ title, back, children }: PageBodyProps) {
  return (
    <Scroll className={styles.body}>
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
