import { useEffect } from "react";
import type { Conversation } from "../../bridge/types";
import { quietly, useApp } from "../../state/app";
import type { MessagesStore } from "../../state/messages";
import type { Writing } from "./writing";

/** Keeps what is written and the draft of a conversation together, here and on other devices. */
export function useDraft(opened: Conversation, store: MessagesStore, writing: Writing) {
  const app = useApp();

  // Who opens it wants it in the list, and not as unread. Its draft follows what
  // is written on another device, and goes there when it is left.
  useEffect(() => {
    const { conversations } = app;
    const { id } = opened;
    let draft = { text: opened.draft, refSeq: opened.draft_ref_seq };
    let closed = false;
    const answered = async (seq: number) => {
      const found = await store.find(seq).catch(() => null);
      if (!closed && writing.refSeq() === seq) writing.begin(seq, found);
    };
    if (draft.refSeq > 0 && writing.getSnapshot() === null) {
      writing.begin(draft.refSeq, null);
      void answered(draft.refSeq);
    }
    const goOn = async () => {
      const found = await store.find(opened.edit_seq).catch(() => null);
      if (closed || writing.getSnapshot()?.kind === "edit") return;
      if (found?.mine && found.kind === "text") writing.editOn(found, opened.edit_text);
      else if (found) quietly(conversations.saveEdit(id, 0, "")); // Recalled meanwhile.
    };
    if (opened.edit_seq > 0) void goOn();
    const stop = conversations.subscribe(() => {
      const now = conversations.getSnapshot().byId.get(id);
      if (!now || (now.draft === draft.text && now.draft_ref_seq === draft.refSeq)) return;
      draft = { text: now.draft, refSeq: now.draft_ref_seq };
      const before = writing.refSeq();
      writing.follow(draft);
      if (draft.refSeq > 0 && draft.refSeq !== before && draft.refSeq === writing.refSeq()) {
        void answered(draft.refSeq);
      }
    });
    if (opened.hidden) quietly(conversations.update(id, { hidden: false }));
    if (opened.marked_unread) quietly(conversations.update(id, { marked_unread: false }));
    return () => {
      closed = true;
      stop();
      const left = conversations.getSnapshot().byId.get(id);
      if (left && (left.draft !== opened.draft || left.draft_ref_seq !== opened.draft_ref_seq))
        quietly(conversations.saveDraft(id, left.draft, left.draft_ref_seq, true));
    };
  }, [app, opened, store, writing]);
}
