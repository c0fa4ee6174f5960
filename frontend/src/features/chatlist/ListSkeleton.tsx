import { useI18n } from "../../i18n";
import { Hidden } from "../../ui/Hidden";
import { Skeleton } from "../../ui/Skeleton";
import styles from "./ListSkeleton.module.css";

/** Widths of the names and previews to come, in pixels. */
const rows = [
  [88, 168],
  [64, 120],
  [56, 70],
  [40, 96],
  [96, 180],
  [52, 150],
  [48, 110],
  [110, 132],
  [82, 180],
  [70, 60],
] as const;

/** The conversations' places while they are on their way. */
export function ListSkeleton() {
  const { t } = useI18n();
  return (
    <div className={styles.list} role="status">
      <Hidden>{t("common.loading")}</Hidden>
      {rows.map(([name, preview], i) => (
        <div className={styles.row} key={i}>
          <Skeleton shape="avatar" width={44} height={44} />
          <div className={styles.words}>
            <Skeleton width={name} height={13} />
            <Skeleton width={preview} height={11} />
          </div>
          <Skeleton width={30} height={10} />
        </div>
      ))}
    </div>
  );
}
