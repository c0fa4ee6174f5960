import { useRef, useState } from "react";
import type { MouseEvent, ReactElement } from "react";
import {
  CheckSquare,
  Copy,
  CornerLeftUp,
  Forward,
  History,
  Link,
  MessagesSquare,
  Pencil,
  Pin,
  PinOff,
  Reply,
  RotateCw,
  Star,
  StarOff,
  Trash2,
  Undo2,
} from "lucide-react";
import type { Conversation, Message } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { ContextMenu, MenuItem, MenuSeparator } from "../../ui/Menu";
import { useToast } from "../../ui/Toast";
import type { MessageActions } from "./actions";
import { copyText } from "./copy";
import { copied } from "./kinds";
import styles from "./MessageMenu.module.css";
import { MenuReactions } from "./MenuReactions";
import { reactable } from "./reactions";
import { mayRecall, recallable } from "./recallable";
import { deliveryOf } from "./rows";

type MessageMenuProps = {
  messages: readonly Message[];
  conversation: Conversation;
  peerName: string;
  /** The name of the key that is Ctrl, or Command on a Mac. */
  mod: string;
  actions: MessageActions;
  onRetry: (id: string) => void;
  onDiscard: (id: string) => void;
  /** The list; messages in it carry their id in data-message, links their address in data-link. */
  children: ReactElement;
};

type Target = {
  id: string;
  link: string | null;
  selection: string;
  /** What the menu stands under; null means the pointer. */
  anchor: Element | null;
  /** When it opened. */
  atMs: number;
};

/** What can be done with one message: one menu for the whole list. */
export function MessageMenu(props: MessageMenuProps) {
  const { messages, conversation, peerName, mod, actions, children } = props;
  const { t, formats } = useI18n();
  const toast = useToast();
  const [target, setTarget] = useState<Target | null>(null);
  const message = messages.find((m) => m.id === target?.id);
  const quoted = message?.quote?.kind === "deleted" ? undefined : message?.quote?.seq;

  const aim = (e: MouseEvent) => {
    const at = e.target instanceof Element ? e.target : null;
    const row = at?.closest<HTMLElement>("[data-message]");
    if (row?.dataset.message === undefined) {
      e.preventDefault();
      e.stopPropagation(); // Beside the messages there is nothing to offer.
      return;
    }
    const link = at?.closest<HTMLElement>("[data-link]")?.dataset.link ?? null;
    const selection = document.getSelection();
    const inside = selection?.anchorNode && row.contains(selection.anchorNode);
    setTarget({
      id: row.dataset.message,
      link,
      selection: inside ? selection.toString() : "",
      anchor: anchorOf(e, row),
      atMs: Date.now(),
    });
  };
  // What goes on in the field leaves the focus there.
  const writes = useRef(false);
  const selects = useRef<string | null>(null); // What is selected keeps the focus.
  const write = (action: (id: string) => void) => {
    writes.current = true;
    if (message) action(message.id);
  };
  const copy = (text: string) => {
    void copyText(text).then((done) => done && toast({ text: t("message.copied") }));
  };

  return (
    <ContextMenu
      anchor={target?.anchor}
      align={message?.mine ? "end" : "start"}
      focusAfter={() => {
        const field = writes.current;
        const id = selects.current;
        writes.current = false;
        selects.current = null;
        if (id !== null)
          return document.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`);
        return field ? document.querySelector<HTMLElement>('[data-region="composer"]') : null;
      }}
      items={
        message &&
        target && (
          <>
            <div className={styles.details} role="presentation">
              <time dateTime={new Date(message.created_ms).toISOString()}>
                {formats.longDate(message.created_ms)} {formats.time(message.created_ms)}
              </time>
              {message.mine && (
                <span>
                  {message.status === "failed"
                    ? t("message.failed_reason", {
                        reason: errorText(t, { code: message.error_code }),
                      })
                    : t(`message.${deliveryOf(message, conversation)}`)}
                </span>
              )}
            </div>
            <MenuSeparator />
            {reactable(message, conversation) && (
              <>
                <MenuReactions message={message} actions={actions} />
                <MenuSeparator />
              </>
            )}
            {message.seq > 0 && conversation.friend && (
              <MenuItem icon={Reply} shortcut="R" onSelect={() => write(actions.reply)}>
                {t("message.reply")}
              </MenuItem>
            )}
            <MenuItem icon={Forward} shortcut="F" onSelect={() => actions.forward(message.id)}>
              {t("message.forward")}
            </MenuItem>
            {message.card && (
              <MenuItem
                icon={MessagesSquare}
                shortcut="O"
                onSelect={() => actions.open(message.id)}
              >
                {t("record.open")}
              </MenuItem>
            )}
            {quoted !== undefined && (
              <MenuItem
                icon={CornerLeftUp}
                shortcut="O"
                onSelect={() => {
                  actions.jump(quoted);
                }}
              >
                {t("quote.jump")}
              </MenuItem>
            )}
            <MenuItem
              icon={Copy}
              shortcut={`${mod}+C`}
              onSelect={() => copy(target.selection || copied(t, message, peerName))}
            >
              {t("message.copy")}
            </MenuItem>
            {reactable(message, conversation) && (
              <MenuItem
                icon={conversation.pins.includes(message.seq) ? PinOff : Pin}
                shortcut="P"
                onSelect={() => actions.pin(message.id)}
              >
                {conversation.pins.includes(message.seq) ? t("pin.off") : t("pin.on")}
              </MenuItem>
            )}
            {message.seq > 0 && (
              <MenuItem
                icon={message.starred_ms > 0 ? StarOff : Star}
                shortcut="S"
                onSelect={() => actions.star(message.id)}
              >
                {message.starred_ms > 0 ? t("star.off") : t("star.on")}
              </MenuItem>
            )}
            <MenuItem
              icon={CheckSquare}
              shortcut="X"
              onSelect={() => {
                selects.current = message.id;
                actions.select(message.id);
              }}
            >
              {t("message.select")}
            </MenuItem>
            {message.edit_until_ms > 0 && conversation.friend && (
              <MenuItem
                icon={Pencil}
                shortcut={message.edit_until_ms > target.atMs ? "E" : t("message.recall_late")}
                disabled={message.edit_until_ms <= target.atMs}
                onSelect={() => write(actions.edit)}
              >
                {t("message.edit")}
              </MenuItem>
            )}
            {message.edited_ms > 0 && (
              <MenuItem icon={History} onSelect={() => actions.versions(message.id)}>
                {t("message.versions")}
              </MenuItem>
            )}
            {target.link !== null && (
              <MenuItem icon={Link} onSelect={() => copy(target.link ?? "")}>
                {t("message.copy_link")}
              </MenuItem>
            )}
            {(message.seq > 0 || recallable(message, conversation)) && <MenuSeparator />}
            {recallable(message, conversation) && (
              <>
                <MenuItem
                  icon={Undo2}
                  shortcut={mayRecall(message, target.atMs) ? "Del" : t("message.recall_late")}
                  disabled={!mayRecall(message, target.atMs)}
                  onSelect={() => actions.recall(message.id)}
                >
                  {t("message.recall")}
                </MenuItem>
              </>
            )}
            {message.seq > 0 && (
              <MenuItem
                icon={Trash2}
                danger
                shortcut="D"
                onSelect={() => actions.remove(message.id)}
              >
                {t("delete.open")}
              </MenuItem>
            )}
            {message.status === "failed" && (
              <>
                <MenuItem icon={RotateCw} onSelect={() => props.onRetry(message.id)}>
                  {t("message.retry")}
                </MenuItem>
                <MenuSeparator />
                <MenuItem icon={Trash2} danger onSelect={() => props.onDiscard(message.id)}>
                  {t("message.discard")}
                </MenuItem>
              </>
            )}
          </>
        )
      }
    >
      <div className={styles.area} onContextMenuCapture={aim}>
        {children}
      </div>
    </ContextMenu>
  );
}

/**
 * What the menu stands under where no pointer asked for it: the button that did,
 * or the bubble of the message that has the focus.
 */
function anchorOf(e: MouseEvent, row: HTMLElement): Element | null {
  if (e.target === row && (!e.isTrusted || row.matches(":focus-visible"))) {
    return row.querySelector("[data-bubble]");
  }
  return e.isTrusted || !(e.target instanceof Element) ? null : e.target;
}
