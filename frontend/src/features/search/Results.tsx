import { useEffect, useRef } from "react";
import { TextSearch } from "lucide-react";
import { Virtualizer } from "virtua";
import type { VirtualizerHandle } from "virtua";
import { useI18n } from "../../i18n";
import type { SearchSnapshot } from "../../state/search";
import { EmptyState } from "../../ui/EmptyState";
import { Scroll } from "../../ui/Scroll";
import { FoundNothing } from "./FoundNothing";
import { ResultRow } from "./ResultRow";
import styles from "./Results.module.css";
import type { Row } from "./rows";

type ResultsProps = {
  /** Names the list, and each of its options with a number after it. */
  id: string;
  found: SearchSnapshot;
  rows: readonly Row[];
  /** Which rows can be chosen. */
  options: readonly number[];
  /** The option that Enter chooses. */
  active: number;
  onChoose: (row: Row) => void;
  /** The end came into sight. */
  onEnd: () => void;
};

/** What was found, as much as is in sight. The focus stays in the field above. */
export function Results(props: ResultsProps) {
  const { id, found, rows, options, active, onChoose, onEnd } = props;
  const { t } = useI18n();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useRef<VirtualizerHandle>(null);
  const at = options[active] ?? 0;

  // Where the list stands is outside React: the active option is to be seen.
  useEffect(() => {
    virtual.current?.scrollToIndex(active === 0 ? 0 : at, { align: "nearest" });
  }, [active, at]);

  const onScroll = () => {
    const list = virtual.current;
    if (list && list.scrollOffset + list.viewportSize > list.scrollSize - 400) onEnd();
  };
  const query = found.asked?.query.trim() ?? "";
  return (
    <Scroll ref={box} className={styles.box} tabIndex={-1}>
      <div id={id} role="listbox" aria-label={t("search.results")}>
        <Virtualizer
          ref={virtual}
          scrollRef={box}
          data={rows}
          keepMounted={[at]}
          onScroll={onScroll}
        >
          {(row, index) => (
            <ResultRow
              key={index}
              id={`${id}-${options.indexOf(index)}`}
              row={row}
              active={index === at}
              onChoose={() => onChoose(row)}
            />
          )}
        </Virtualizer>
      </div>
      {(found.error || rows.length === 0) && (
        <FoundNothing
          query={query}
          error={found.error}
          asked={found.asked !== null}
          start={
            <EmptyState
              icon={TextSearch}
              title={t("search.start_title")}
              text={t("search.start_text")}
            />
          }
        />
      )}
    </Scroll>
  );
}
