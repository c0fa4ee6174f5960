import { useEffect, useRef, useState } from "react";
import type { KeyboardEvent, ReactNode, RefObject } from "react";
import { ChevronLeft, CircleAlert, Star, X } from "lucide-react";
import { Virtualizer } from "virtua";
import type { VirtualizerHandle } from "virtua";
import { BridgeError } from "../../bridge/error";
import type { Starred } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { nameOf } from "../../state/contacts";
import { useStore } from "../../state/store";
import { Chips } from "../../ui/Chips";
import { EmptyState } from "../../ui/EmptyState";
import { IconButton } from "../../ui/IconButton";
import { Kbd } from "../../ui/Kbd";
import { Scroll } from "../../ui/Scroll";
import { useToast } from "../../ui/Toast";
import styles from "./StarredMessages.module.css";
import { StarredRow } from "./StarredRow";

type StarredMessagesProps = {
  /** Gets the focus when it opens. */
  list: RefObject<HTMLDivElement | null>;
  /** Something was opened, or nothing is wanted any more. */
  onDone: () => void;
};

/** All messages with a star, the one that got it last first. */
export function StarredMessages({ list, onDone }: StarredMessagesProps) {
  const app = useApp();
  const { t } = useI18n();
  const toast = useToast();
  const found = useStore(app.starred);
  const { byId } = useStore(app.conversations);
  const [here] = useState(() => app.navigation.getSnapshot().conversationId ?? "");
  const [chosen, setChosen] = useState<"" | "here">("");
  const [at, setAt] = useState(0);
  const virtual = useRef<VirtualizerHandle>(null);
  const { items, error } = found;
  const current = Math.max(0, Math.min(at, (items?.length ?? 0) - 1));

  // They come from Go, and change while they are looked at.
  useEffect(() => {
    void app.starred.open(chosen === "here" ? here : "");
    return () => app.starred.close();
  }, [app, chosen, here]);

  // Where the list stands and what has the focus is outside React: a list that has
  // it hands it to the current row, which is to be seen.
  useEffect(() => {
    if (!list.current?.contains(document.activeElement)) return;
    virtual.current?.scrollToIndex(current, { align: "nearest" });
    document.getElementById(`starred-${current}`)?.focus({ preventScroll: true });
  }, [current, items, list]);

  const more = () => void app.starred.more();
  const onScroll = () => {
    const v = virtual.current;
    if (v && v.scrollOffset + v.viewportSize > v.scrollSize - 400) more();
  };
  const open = (item: Starred) => {
    app.navigation.openConversation(item.conversation_id, item.seq);
    onDone();
  };
  const unstar = (item: Starred) => {
    if (!item.message) return;
    app
      .messages(item.conversation_id)
      .star([item.message.id], false)
      .catch((cause: unknown) =>
        toast({ tone: "error", text: errorText(t, BridgeError.from(cause)) }),
      );
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const item = items?.[current];
    const to = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0 }[e.key];
    if (e.altKey || e.ctrlKey || e.metaKey || !items || !item) return;
    if (to !== undefined) {
      setAt(Math.max(0, Math.min(items.length - 1, to)));
      if (to >= items.length - 5) more();
    } else if (e.key.toLowerCase() === "s") unstar(item);
    else return;
    e.preventDefault();
  };

  const peer = byId.get(here);
  const name = peer && nameOf({ remark: peer.remark, profile: peer.peer });
  return (
    <>
      <header className={styles.top}>
        <div className={styles.head}>
          <IconButton
            className={styles.back}
            icon={ChevronLeft}
            label={t("star.close")}
            onClick={onDone}
          />
          <h2 className={styles.title}>{t("star.title")}</h2>
          <IconButton
            className={styles.close}
            icon={X}
            label={t("star.close")}
            shortcut="Esc"
            onClick={onDone}
          />
        </div>
        {name !== undefined && (
          <Chips
            label={t("star.show")}
            value={chosen}
            options={[
              { value: "", label: t("star.everywhere") },
              { value: "here", label: t("star.with", { name }) },
            ]}
            onChange={(v) => {
              setChosen(v);
              setAt(0);
            }}
          />
        )}
      </header>
      <Box
        list={list}
        virtual={virtual}
        items={items ?? []}
        current={current}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onFocus={setAt}
        onOpen={open}
        onUnstar={unstar}
      >
        {error ? (
          <EmptyState
            icon={CircleAlert}
            tone="bad"
            title={t("star.failed")}
            text={errorText(t, error)}
          />
        ) : (
          items?.length === 0 && (
            <EmptyState icon={Star} title={t("star.none_title")} text={t("star.none_text")} />
          )
        )}
      </Box>
      <footer className={styles.foot}>
        <span className={styles.keys}>
          <Kbd keys="↑+↓" /> {t("search.select")}
        </span>
        <span className={styles.keys}>
          <Kbd keys="Enter" /> {t("star.open")}
        </span>
        <span className={styles.keys}>
          <Kbd keys="S" /> {t("star.off")}
        </span>
        <span className={styles.note} role="status">
          {found.reading ? t("star.reading") : t("star.private")}
        </span>
      </footer>
    </>
  );
}

type BoxProps = {
  list: RefObject<HTMLDivElement | null>;
  virtual: RefObject<VirtualizerHandle | null>;
  items: readonly Starred[];
  current: number;
  onScroll: () => void;
  onKeyDown: (e: KeyboardEvent) => void;
  onFocus: (index: number) => void;
  onOpen: (item: Starred) => void;
  onUnstar: (item: Starred) => void;
  /** Stands where there are none. */
  children: ReactNode;
};

/** The list, as much as is in sight. The Tab key stops at its current row. */
function Box(props: BoxProps) {
  const { list, virtual, items, current, onScroll, onKeyDown, onFocus, onOpen, onUnstar } = props;
  const { t } = useI18n();
  const scroller = useRef<HTMLDivElement>(null);
  return (
    <Scroll ref={scroller} className={styles.box} tabIndex={-1}>
      <div
        ref={list}
        className={styles.list}
        role="list"
        tabIndex={-1}
        aria-label={t("star.title")}
        onKeyDown={onKeyDown}
      >
        <Virtualizer
          ref={virtual}
          scrollRef={scroller}
          data={items}
          keepMounted={[current]}
          onScroll={onScroll}
        >
          {(item, index) => (
            <StarredRow
              key={`${item.conversation_id}/${item.seq}`}
              id={`starred-${index}`}
              item={item}
              current={index === current}
              onFocus={() => onFocus(index)}
              onOpen={() => onOpen(item)}
              onUnstar={() => onUnstar(item)}
            />
          )}
        </Virtualizer>
      </div>
      {props.children}
    </Scroll>
  );
}
