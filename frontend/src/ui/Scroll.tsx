import type { ComponentProps } from "react";
import { cx } from "./cx";
import styles from "./Scroll.module.css";

/** A box that scrolls, with thin bars. Pass `ref` to move it. */
export function Scroll({ className, ...rest }: ComponentProps<"div">) {
  return <div className={cx(styles.scroll, className)} {...rest} />;
}
