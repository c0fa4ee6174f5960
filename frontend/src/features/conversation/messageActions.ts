import type { I18n } from "../../i18n";
import type { AppState } from "../../state/app";
import type { MessagesStore } from "../../state/messages";
import type { ToastContent } from "../../ui/Toast";
import type { MessageActions } from "./actions";
import { copyText } from "./copy";
import type { Opened } from "./MessageDialogs";
import { mayRecall, recallable } from "./recallable";
import { ownReactions, reactable } from "./reactions";
import { maxForwarded, selectable } from "./selection";
import type { Selection } from "./selection";
import { transcript } from "./transcript";
import type { Writing } from "./writing";

/** What the actions act on, and where they say what came of it. */
type Surroundings = Pick<I18n, "t" | "formats"> & {
  app: AppState;
  conversationId: string;
  peerName: string;
  store: MessagesStore;
  writing: Writing;
  selection: Selection;
  /** Opens what belongs to a message. */
  show: (opened: Opened) => void;
  /** Brings the list to a message that is loaded. */
  land: (seq: number) => void;
  toast: (content: ToastContent) => void;
  fail: (cause: unknown) => void;
};

/** The actions of an open conversation; each looks again at whether it may. */
export function messageActions({
  app,
  conversationId,
  peerName,
  store,
  writing,
  selection,
  show,
  land,
  toast,
  fail,
  t,
  formats,
}: Surroundings): MessageActions {
  const friend = () => app.conversations.getSnapshot().byId.get(conversationId)?.friend ?? false;
  const self = () => app.profile.getSnapshot()?.profile.id ?? "";
  const loaded = () => store.getSnapshot().messages ?? [];
  /** A message as it is now; `find` only one that the server has. */
  const any = (message: string) => loaded().find((m) => m.id === message);
  const find = (message: string) => loaded().find((m) => m.id === message && m.seq > 0);
  const order = () =>
    loaded()
      .filter(selectable)
      .map((m) => m.id);
  /** What is selected, or else one message. */
  const those = (message: string) => {
    const ids = selection.getSnapshot() ?? new Set([message]);
    return loaded().filter((m) => selectable(m) && ids.has(m.id));
  };
  const jump = async (seq: number) => {
    const here = () => loaded().some((m) => m.seq === seq);
    if (!here()) await store.openAround(seq);
    if (here()) land(seq);
    else toast({ tone: "error", text: t("quote.unreachable") });
  };
  return {
    reply: (message) => {
      const found = find(message);
      if (!found || !friend()) return;
      writing.answer(found);
    },
    jump: (seq) => void jump(seq),
    recall: (message) => {
      const found = any(message);
      if (!found || !recallable(found, { friend: friend() })) return;
      if (mayRecall(found, Date.now())) store.recall(message).catch(fail);
      else toast({ tone: "error", text: t("error.too_late") });
    },
    again: (text) => {
      writing.putBack(text);
      writing.focus();
    },
    retryEdit: (message) => {
      const found = find(message);
      if (!found || !friend()) return;
      if (found.edit_until_ms > Date.now()) writing.editOn(found, found.refused_text);
      else writing.putBack(found.refused_text);
      writing.focus();
      store.dismiss(message).catch(fail);
    },
    dismiss: (message) => void store.dismiss(message).catch(fail),
    edit: (message) => {
      const found = find(message);
      if (!found || !friend() || found.edit_until_ms <= Date.now()) return;
      writing.edit(found);
    },
    react: (message, emoji) => {
      const found = find(message);
      if (!found || !reactable(found, { friend: friend() })) return;
      store.react(message, emoji, !ownReactions(found, self()).includes(emoji)).catch(fail);
    },
    chooseReaction: (message, beside) => {
      const found = find(message);
      if (!found || !reactable(found, { friend: friend() })) return;
      const anchor = beside ?? bubbleOf(message);
      if (anchor) show({ kind: "reactions", id: message, anchor });
    },
    pin: (message, on) => {
      const now = app.conversations.getSnapshot().byId.get(conversationId);
      const found = find(message);
      if (found && !reactable(found, { friend: friend() })) return;
      const next = on ?? !(found && now?.pins.includes(found.seq));
      store.pin(message, next).catch(fail);
    },
    star: (message) => {
      const chosen = those(message).filter((m) => m.seq > 0);
      if (chosen.length === 0) return;
      const on = chosen.some((m) => m.starred_ms === 0);
      const changed = chosen.filter((m) => (m.starred_ms === 0) === on).map((m) => m.id);
      store.star(changed, on).then(() => {
        if (selection.getSnapshot() === null) return; // Its star is seen.
        const count = changed.length;
        toast({ text: on ? t("star.done", { count }) : t("star.undone", { count }) });
      }, fail);
    },
    remove: (message) => {
      const chosen = those(message).filter((m) => m.seq > 0);
      if (chosen.length > 0) show({ kind: "delete", messages: chosen });
    },
    versions: (message) => {
      const found = find(message);
      if (found) show({ kind: "versions", message: found });
    },
    open: (message) => {
      const found = any(message);
      if (found) show({ kind: "record", message: found });
    },
    forward: (message, merged = false) => {
      const chosen = those(message);
      if (chosen.length > maxForwarded) {
        toast({ tone: "error", text: t("select.too_many", { count: maxForwarded }) });
      } else if (chosen.length > 0) show({ kind: "forward", what: { messages: chosen, merged } });
    },
    copy: (message) => {
      const mine = app.profile.getSnapshot()?.profile.nickname ?? t("message.you");
      const time = (ms: number) => `${formats.fullDate(ms)} ${formats.time(ms)}`;
      const text = transcript(those(message), { t, time, mine, theirs: peerName });
      void copyText(text).then((done) => done && toast({ text: t("message.copied") }));
    },
    select: (message, range = false) => {
      const list = order();
      if (!list.includes(message)) return;
      if (selection.getSnapshot() === null) selection.begin(message);
      else if (range) selection.extend(message, list);
      else selection.toggle(message);
    },
    selectAll: () => selection.all(order()),
  };
}

/** The bubble of a message, while it is in the list. */
const bubbleOf = (id: string) =>
  document.querySelector(`[data-message="${CSS.escape(id)}"] [data-bubble]`);
