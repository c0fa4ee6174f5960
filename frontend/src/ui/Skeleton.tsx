import type { CSSProperties } from "react";
import styles from "./Skeleton.module.css";

type SkeletonProps = {
  /** Any CSS length, or pixels. */
  width: number | string;
  height: number;
  shape?: "line" | "avatar" | "bubble";
};

/** The place of something that is on its way. */
export function Skeleton({ width, height, shape = "line" }: SkeletonProps) {
  const style: CSSProperties = { width, height };
  return <span className={styles.skeleton} data-shape={shape} style={style} aria-hidden />;
}
