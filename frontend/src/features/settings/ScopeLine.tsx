import { Monitor, MonitorSmartphone } from "lucide-react";
import styles from "./ScopeLine.module.css";

type ScopeLineProps = { follows: boolean; text: string };

/** Where what stands above holds. */
export function ScopeLine({ follows, text }: ScopeLineProps) {
  const Icon = follows ? MonitorSmartphone : Monitor;
  return (
    <p className={styles.note}>
      <Icon aria-hidden />
      {text}
    </p>
  );
}
