import { useEffect, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { ChevronDown, ChevronUp, TextSearch, X } from "lucide-react";
import { Virtualizer } from "virtua";
import type { VirtualizerHandle } from "virtua";
import type { Conversation } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { nameOf } from "../../state/contacts";
import { marksOf } from "../../state/search";
import { useSelect, useStore } from "../../state/store";
import { Chips } from "../../ui/Chips";
import { isComposing } from "../../ui/composing";
import { EmptyState } from "../../ui/EmptyState";
import { IconButton } from "../../ui/IconButton";
import { Scroll } from "../../ui/Scroll";
import { SearchField } from "../../ui/SearchField";
import { Select } from "../../ui/Select";
import { focusRegion } from "../../ui/regions";
import { useNarrow } from "../../ui/useNarrow";
import { FoundNothing } from "./FoundNothing";
import { DateJump } from "./DateJump";
import styles from "./FindInConversation.module.css";
import { FoundMessage } from "./FoundMessage";
import { serverHits } from "./rows";
import { serverNote } from "./serverNote";
import { anyTime, boundsOf } from "./spans";
import { useSearch } from "./useSearch";
import { WhenSelect } from "./WhenSelect";

type FindInConversationProps = { conversation: Conversation };

/** Finds messages of one conversation and goes to them, one after the other. */
export function FindInConversation({ conversation }: FindInConversationProps) {
  const app = useApp();
  const { t } = useI18n();
  const { id, peer } = conversation;
  const name = nameOf({ remark: conversation.remark, profile: peer });
  const [query, setQuery] = useState("");
  const [kind, setKind] = useState<"all" | "links">("all");
  const [sender, setSender] = useState("");
  const [when, setWhen] = useState(anyTime);
  const [gone, setGone] = useState({ of: "", to: -1 }); // The hit that was gone to.
  const narrow = useNarrow();
  const asked = useSelect(app.navigation, (n) => n.findAsked);
  const field = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const virtual = useRef<VirtualizerHandle>(null);
  useStore(app.auth);
  const me = app.auth.account?.user_id ?? "";

  // Whenever it is asked for, what is written next is looked for.
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [asked]);

  const { found, more } = useSearch({
    query,
    conversationId: id,
    sender,
    links: kind === "links",
    ...boundsOf(when),
  });
  const of = [kind, sender, ...Object.values(boundsOf(when)), query].join("\n");
  const at = gone.of === of ? gone.to : -1; // None of another search.

  const local = found.hits.length;
  const hits = [...found.hits, ...serverHits(found)];
  const server = serverNote(t, found);
  const close = () => {
    // On to where one writes, or reads; a touch keyboard comes only when it is asked for.
    if (!window.matchMedia("(pointer: coarse)").matches) focusRegion("composer", "messages");
    app.navigation.stopFinding();
  };
  const go = (index: number) => {
    const hit = hits[index];
    if (!hit) return;
    setGone({ of, to: index });
    virtual.current?.scrollToIndex(index, { align: "nearest" });
    if (index >= hits.length - 5) more();
    app.navigation.openConversation(id, hit.message.seq || null, marksOf(hit));
    if (narrow) close(); // It covers what it found.
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === "Enter") go(e.shiftKey ? Math.max(0, at - 1) : Math.min(hits.length - 1, at + 1));
    else if (e.key === "ArrowDown") go(Math.min(hits.length - 1, at + 1));
    else if (e.key === "ArrowUp") go(Math.max(0, at - 1));
    else return;
    e.preventDefault();
  };
  const onEscape = (e: KeyboardEvent) => {
    if (e.key !== "Escape" || e.defaultPrevented || isComposing(e.nativeEvent)) return;
    // What one of its buttons opened closes first; React brings the key here from there too.
    const within = e.target instanceof Node && e.currentTarget.contains(e.target);
    if (!within || e.currentTarget.querySelector('[aria-expanded="true"]')) return;
    e.preventDefault();
    close();
  };
  const onScroll = () => {
    const list = virtual.current;
    if (list && list.scrollOffset + list.viewportSize > list.scrollSize - 400) more();
  };

  const trimmed = query.trim();
  return (
    <aside
      className={styles.panel}
      aria-label={t("find.title")}
      data-region="find"
      data-keeps-focus
      tabIndex={-1}
      onKeyDown={onEscape}
    >
      <header className={styles.header}>
        <h2>{t("find.title")}</h2>
        <IconButton icon={X} label={t("find.close")} onClick={close} />
      </header>
      <div className={styles.top}>
        <SearchField
          ref={field}
          label={t("find.field")}
          clearLabel={t("search.clear")}
          value={query}
          onChange={setQuery}
          onKeyDown={onKeyDown}
        />
        <Chips
          label={t("search.show")}
          value={kind}
          options={[
            { value: "all", label: t("search.all") },
            { value: "links", label: t("search.links") },
          ]}
          onChange={setKind}
        />
        <div className={styles.filters}>
          <Select
            label={t("search.sender")}
            value={sender}
            options={[
              { value: "", label: t("search.anyone") },
              { value: me, label: t("search.me") },
              { value: peer.id, label: name },
            ]}
            onChange={setSender}
          />
          <WhenSelect value={when} onChange={setWhen} />
          <DateJump conversationId={id} onJump={() => narrow && close()} />
        </div>
      </div>
      {found.asked && hits.length > 0 && (
        <div className={styles.count}>
          <span role="status">
            {found.indexing
              ? t("search.indexing")
              : found.cursor === "" && found.server.cursor === ""
                ? t("find.count", { count: hits.length })
                : t("find.many", { count: hits.length })}
          </span>
          <IconButton
            icon={ChevronUp}
            label={t("find.newer")}
            size="sm"
            disabled={at <= 0}
            onClick={() => go(at - 1)}
          />
          <IconButton
            icon={ChevronDown}
            label={t("find.older")}
            size="sm"
            disabled={at >= hits.length - 1}
            onClick={() => go(at + 1)}
          />
        </div>
      )}
      <Scroll ref={box} className={styles.list}>
        <div role="list" aria-label={t("search.results")}>
          <Virtualizer ref={virtual} scrollRef={box} data={hits} onScroll={onScroll}>
            {(hit, index) => (
              <div role="listitem" key={hit.message.id}>
                <FoundMessage
                  hit={hit}
                  name={hit.message.mine ? t("search.me") : name}
                  face={(hit.message.mine && app.auth.account?.nickname) || name}
                  onServer={index >= local}
                  current={index === at}
                  onChoose={() => go(index)}
                />
              </div>
            )}
          </Virtualizer>
        </div>
        {server !== "" && hits.length > 0 && (
          <p className={styles.note} role="status">
            {server}
          </p>
        )}
        {(found.error || hits.length === 0) && (
          <FoundNothing
            query={trimmed}
            error={found.error}
            asked={found.asked !== null}
            hint={found.indexing ? t("search.indexing") : server}
            start={
              <EmptyState icon={TextSearch} title={t("find.title")} text={t("find.start_text")} />
            }
          />
        )}
      </Scroll>
    </aside>
  );
}
