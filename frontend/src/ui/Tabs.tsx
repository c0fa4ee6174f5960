import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";
import styles from "./Tabs.module.css";

type TabsProps<V extends string> = {
  label: string;
  value: V;
  onChange: (value: V) => void;
  tabs: readonly { value: V; label: string; count?: number; content: ReactNode }[];
};

/** Views of one thing, one at a time. */
export function Tabs<V extends string>({ label, value, onChange, tabs }: TabsProps<V>) {
  return (
    <Base.Root
      value={value}
      onValueChange={(v: unknown) => {
        const tab = tabs.find((t) => t.value === v);
        if (tab) onChange(tab.value);
      }}
    >
      <Base.List className={styles.list} aria-label={label}>
        {tabs.map((t) => (
          <Base.Tab className={styles.tab} value={t.value} key={t.value}>
            {t.label}
            {t.count !== undefined && <span className={styles.count}>{t.count}</span>}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((t) => (
        <Base.Panel className={styles.panel} value={t.value} key={t.value}>
          {t.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
