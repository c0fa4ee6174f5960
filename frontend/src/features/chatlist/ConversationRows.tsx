import { useCallback, useLayoutEffect, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { Virtualizer } from "virtua";
import type { VirtualizerHandle } from "virtua";
import type { Conversation } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { Scroll } from "../../ui/Scroll";
import { actionOf } from "./chatActions";
import { ConversationMenu } from "./ConversationMenu";
import { ConversationRow } from "./ConversationRow";
import styles from "./ConversationRows.module.css";
import { useChatActions } from "./useChatActions";

type ConversationRowsProps = {
  conversations: readonly Conversation[];
  openId: string | null;
};

/** The rows, as many as are in sight. One Tab stop; arrows move between them. */
export function ConversationRows({ conversations, openId }: ConversationRowsProps) {
  const { navigation } = useApp();
  const { t } = useI18n();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useRef<VirtualizerHandle>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const moving = useRef(false); // The focus follows once the row is mounted.
  const held = useRef<number | null>(null); // Where the focus is among the rows.

  const indexOf = (id: string | null) => conversations.findIndex((c) => c.id === id);
  const current = [indexOf(focused), indexOf(openId), 0].find((i) => i >= 0) ?? 0;

  const moveTo = useCallback(
    (index: number) => {
      const next = conversations[index];
      if (!next) return;
      moving.current = true;
      setFocused(next.id);
      virtual.current?.scrollToIndex(index, { align: "nearest" });
    },
    [conversations],
  );
  useLayoutEffect(() => {
    if (!moving.current) return;
    for (const row of box.current?.querySelectorAll<HTMLElement>("[data-conversation]") ?? []) {
      if (row.dataset.conversation !== focused) continue;
      moving.current = false;
      row.focus({ preventScroll: true });
    }
  }, [focused]);
  // The row that has the focus may go: archived, hidden or read elsewhere. The focus
  // goes to the one that takes its place; React tells no blur of what it removes.
  useLayoutEffect(() => {
    const at = held.current;
    if (at === null) return;
    const now = conversations.findIndex((c) => c.id === focused);
    if (now >= 0) held.current = now;
    else moveTo(Math.min(at, conversations.length - 1));
  }, [conversations, focused, moveTo]);
  // Of the last one, it goes to the pane.
  useLayoutEffect(() => {
    const pane = box.current?.closest<HTMLElement>("[data-region]");
    return () => {
      if (held.current !== null) pane?.focus();
    };
  }, []);
  // A conversation that was opened by a key comes into view.
  useLayoutEffect(() => {
    const index = conversations.findIndex((c) => c.id === openId);
    if (index >= 0) virtual.current?.scrollToIndex(index, { align: "nearest" });
    // Only when another one opens: rows that move must not scroll the list.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [openId]);

  const act = useChatActions();
  const open = useCallback((id: string) => navigation.openConversation(id), [navigation]);
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.altKey || e.ctrlKey || e.metaKey || e.shiftKey) return;
    const to = {
      ArrowDown: Math.min(conversations.length - 1, current + 1),
      ArrowUp: Math.max(0, current - 1),
      Home: 0,
      End: conversations.length - 1,
    }[e.key];
    if (to !== undefined) {
      e.preventDefault();
      moveTo(to);
      return;
    }
    const row =
      e.target instanceof Element ? e.target.closest<HTMLElement>("[data-conversation]") : null;
    const on = conversations.find((c) => c.id === row?.dataset.conversation);
    const action = on && actionOf(on, e.key);
    if (!action) return;
    e.preventDefault();
    act(on, action);
  };

  return (
    <ConversationMenu conversations={conversations}>
      <Scroll
        ref={box}
        className={styles.rows}
        onKeyDown={onKeyDown}
        onFocus={(e) => {
          const row = e.target.closest<HTMLElement>("[data-conversation]");
          held.current = row && indexOf(row.dataset.conversation ?? null);
        }}
        onBlur={() => {
          held.current = null;
        }}
      >
        <div role="list" aria-label={t("list.label")}>
          <Virtualizer
            ref={virtual}
            scrollRef={box}
            data={conversations}
            keepMounted={[current]}
            bufferSize={320}
          >
            {(conversation, index) => (
              <div
                key={conversation.id}
                role="listitem"
                aria-posinset={index + 1}
                aria-setsize={conversations.length}
              >
                <ConversationRow
                  conversation={conversation}
                  open={conversation.id === openId}
                  current={index === current}
                  onOpen={open}
                  onFocus={setFocused}
                />
              </div>
            )}
          </Virtualizer>
        </div>
      </Scroll>
    </ConversationMenu>
  );
}
