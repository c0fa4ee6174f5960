import { useI18n } from "../i18n";
import { Hidden } from "../ui/Hidden";
import { Skeleton } from "../ui/Skeleton";
import styles from "./ShellSkeleton.module.css";

const rows = [88, 64, 56, 40, 96, 52, 48, 110, 72, 70, 44];
const bubbles: readonly [width: number, height: number, mine: boolean][] = [
  [320, 60, false],
  [236, 40, false],
  [200, 40, true],
  [344, 120, false],
  [280, 60, true],
  [170, 40, true],
  [260, 40, false],
];

/** The shape of the window while it is not known who is signed in. */
export function ShellSkeleton() {
  const { t } = useI18n();
  return (
    <div className={styles.shell} aria-busy>
      <Hidden>
        <span role="status">{t("shell.opening")}</span>
      </Hidden>
      <div className={styles.rail}>
        <Skeleton width={36} height={36} shape="avatar" />
      </div>
      <div className={styles.list}>
        <div className={styles.search}>
          <Skeleton width="100%" height={32} />
        </div>
        {rows.map((width, i) => (
          <div className={styles.row} key={i}>
            <Skeleton width={44} height={44} shape="avatar" />
            <div className={styles.lines}>
              <div className={styles.line}>
                <Skeleton width={width} height={13} />
                <Skeleton width={30} height={10} />
              </div>
              <Skeleton width={width * 1.6} height={11} />
            </div>
          </div>
        ))}
      </div>
      <div className={styles.main}>
        <div className={styles.head}>
          <Skeleton width={132} height={15} />
          <Skeleton width={84} height={11} />
        </div>
        <div className={styles.thread}>
          {bubbles.map(([width, height, mine], i) => (
            <div className={styles.bubble} data-mine={mine || undefined} key={i}>
              {!mine && <Skeleton width={36} height={36} shape="avatar" />}
              <Skeleton width={width} height={height} shape="bubble" />
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
