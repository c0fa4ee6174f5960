import { useId, useMemo, useState } from "react";
import type { KeyboardEvent, RefObject } from "react";
import { ChevronLeft } from "lucide-react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { marksOf } from "../../state/search";
import { Chips } from "../../ui/Chips";
import { IconButton } from "../../ui/IconButton";
import { Kbd } from "../../ui/Kbd";
import { SearchField } from "../../ui/SearchField";
import { Select } from "../../ui/Select";
import { Results } from "./Results";
import { optionsOf, rowsOf, serverHits } from "./rows";
import type { Row, Tab } from "./rows";
import styles from "./SearchEverything.module.css";
import { serverNote } from "./serverNote";
import { anyTime, boundsOf } from "./spans";
import { useSearch } from "./useSearch";
import { WhenSelect } from "./WhenSelect";
import { useSenders } from "./useSenders";

type SearchEverythingProps = {
  field: RefObject<HTMLInputElement | null>;
  /** Something was opened. */
  onDone: () => void;
};

/** Field, filters and results of the search over everything. */
export function SearchEverything({ field, onDone }: SearchEverythingProps) {
  const app = useApp();
  const { t } = useI18n();
  const [query, setQuery] = useState("");
  const [tab, setTab] = useState<Tab>("all");
  const [sender, setSender] = useState("");
  const [when, setWhen] = useState(anyTime);
  const [chosen, setChosen] = useState({ of: "", index: 0 });
  const senders = useSenders();
  const listId = useId();

  const links = tab === "links";
  const { found, more } = useSearch({
    query,
    conversationId: "",
    sender,
    links,
    ...boundsOf(when),
  });

  const rows = useMemo(() => rowsOf(found, tab), [found, tab]);
  const options = useMemo(() => optionsOf(rows), [rows]);
  const of = [tab, sender, ...Object.values(boundsOf(when)), query].join("\n"); // Another search begins at its top.
  const current = Math.min(chosen.of === of ? chosen.index : 0, options.length - 1);

  const choose = (row: Row) => {
    switch (row.kind) {
      case "person": {
        const { contact } = row.hit;
        if (contact.conversation_id !== "")
          app.navigation.openConversation(contact.conversation_id);
        else app.navigation.openContacts({ kind: "person", userId: contact.profile.id });
        break;
      }
      case "conversation":
        app.navigation.openConversation(row.hit.conversation.id);
        break;
      case "message": {
        const { conversation_id, seq } = row.hit.message;
        app.navigation.openConversation(conversation_id, seq || null, marksOf(row.hit));
        break;
      }
      case "more":
        setTab(row.tab);
        return;
      case "heading":
        return;
      default:
        row satisfies never;
    }
    onDone();
  };

  const onKeyDown = (e: KeyboardEvent) => {
    if (options.length === 0) return;
    const to = { ArrowDown: current + 1, ArrowUp: current - 1 }[e.key];
    if (to !== undefined) {
      setChosen({ of, index: Math.max(0, Math.min(options.length - 1, to)) });
      if (to >= options.length - 5) more();
    } else if (e.key === "Enter") {
      const row = rows[options[current] ?? -1];
      if (row && found.asked?.query === query) choose(row);
    } else return;
    e.preventDefault();
  };

  const count = (n: number, open = false) => (n > 0 ? `${n}${open ? "+" : ""}` : undefined);
  const tabs: { value: Tab; label: string; count?: string | undefined }[] = [
    { value: "all", label: t("search.all") },
    {
      value: "messages",
      label: t("search.messages"),
      count: links
        ? undefined
        : count(
            found.hits.length + serverHits(found).length,
            found.cursor !== "" || found.server.cursor !== "",
          ),
    },
    { value: "people", label: t("search.people"), count: count(found.people.length) },
    { value: "chats", label: t("search.chats"), count: count(found.conversations.length) },
    { value: "links", label: t("search.links") },
  ];

  return (
    <>
      <div className={styles.top}>
        <div className={styles.head}>
          <IconButton
            className={styles.close}
            icon={ChevronLeft}
            label={t("find.close")}
            onClick={onDone}
          />
          <SearchField
            ref={field}
            className={styles.field}
            label={t("search.field")}
            clearLabel={t("search.clear")}
            shortcut="Esc"
            value={query}
            onChange={setQuery}
            onKeyDown={onKeyDown}
            role="combobox"
            aria-autocomplete="list"
            aria-expanded={options.length > 0}
            aria-controls={listId}
            aria-activedescendant={options.length > 0 ? `${listId}-${current}` : undefined}
          />
        </div>
        <div className={styles.filters}>
          <Chips label={t("search.show")} value={tab} options={tabs} onChange={setTab} />
          <Select
            label={t("search.sender")}
            value={sender}
            options={senders}
            onChange={setSender}
          />
          <WhenSelect value={when} onChange={setWhen} />
        </div>
      </div>
      <Results
        id={listId}
        found={found}
        rows={rows}
        options={options}
        active={current}
        onChoose={choose}
        onEnd={more}
      />
      <footer className={styles.foot}>
        <span className={styles.keys}>
          <Kbd keys="↑+↓" /> {t("search.select")}
        </span>
        <span className={styles.keys}>
          <Kbd keys="Enter" /> {t("search.open")}
        </span>
        <span className={styles.note} role="status">
          {found.indexing
            ? t("search.indexing")
            : found.asked &&
              (serverNote(t, found) ||
                (found.server.state === "found"
                  ? t("search.everywhere")
                  : t("search.local", { count: found.tookMs })))}
        </span>
      </footer>
    </>
  );
}
