import { ChevronLeft } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { IconButton } from "./IconButton";
import styles from "./PaneHeader.module.css";

export type PaneHeaderProps = Omit<ComponentProps<"header">, "title" | "className"> & {
  title: string;
  /** The line under the title. */
  caption?: ReactNode;
  /** Where narrow windows show one pane only. */
  back: { label: string; onClick: () => void };
  /** Only narrow windows need the header: the title stands in the pane too. */
  narrowOnly?: boolean;
};

/** The head of the main pane; its children are the buttons at the end. Drags the window. */
export function PaneHeader(props: PaneHeaderProps) {
  const { title, caption, back, narrowOnly = false, children, ...rest } = props;
  const Title = narrowOnly ? "p" : "h1";
  return (
    <header className={styles.header} data-narrow={narrowOnly || undefined} {...rest}>
      <IconButton className={styles.back} icon={ChevronLeft} {...back} />
      <div className={styles.words}>
        <Title className={styles.title}>{title}</Title>
        {caption !== undefined && <div className={styles.caption}>{caption}</div>}
      </div>
      {children}
    </header>
  );
}
