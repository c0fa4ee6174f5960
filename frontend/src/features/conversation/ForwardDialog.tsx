import { useEffect, useId, useMemo, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { Check, X } from "lucide-react";
import { BridgeError } from "../../bridge/error";
import type { Conversation, Message } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { nameOf } from "../../state/contacts";
import { useSelect } from "../../state/store";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Note } from "../../ui/Note";
import { Scroll } from "../../ui/Scroll";
import { SearchField } from "../../ui/SearchField";
import { Segment } from "../../ui/Segment";
import { TextField } from "../../ui/TextField";
import { useToast } from "../../ui/Toast";
import styles from "./ForwardDialog.module.css";
import { RecordCard } from "./kinds/record/RecordCard";
import { recordTitle } from "./kinds/record/recordTitle";
import { kindOf } from "./kinds";

/** What goes, and whether as one. */
export type Forwarding = { messages: readonly Message[]; merged: boolean };

type ForwardDialogProps = {
  conversation: Conversation;
  what: Forwarding;
  onClose: () => void;
  /** They are on their way. */
  onDone: () => void;
};

/** To how many conversations one can forward at once, as store.MaxForwardTargets says. */
const maxTargets = 20;
/** Lines of the preview of messages that go one by one. */
const previewed = 4;

/** Who gets some messages, how, and with which words of one's own. */
export function ForwardDialog({ conversation, what, onClose, onDone }: ForwardDialogProps) {
  const app = useApp();
  const { t } = useI18n();
  const toast = useToast();
  const listId = useId();
  const field = useRef<HTMLInputElement>(null);
  const all = useSelect(app.conversations, (s) => s.list);
  const me = useSelect(app.profile, (s) => s?.profile.nickname ?? "");
  const friends = useMemo(() => (all ?? []).filter((c) => c.friend), [all]);
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<readonly string[] | null>(null); // Ids; null without a query.
  const [targets, setTargets] = useState<readonly string[]>([]);
  const [merged, setMerged] = useState(what.merged);
  const [note, setNote] = useState("");
  const [at, setAt] = useState(0);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");

  // Who is found comes from Go: by name, pinyin and initials.
  useEffect(() => {
    if (query.trim() === "") return;
    let left = false;
    app.bridge.call("Search", "Names", { query }).then(
      ({ people, conversations }) => {
        if (left) return;
        setFound([
          ...people.map((p) => p.contact.conversation_id),
          ...conversations.map((c) => c.conversation.id),
        ]);
        setAt(0);
      },
      (cause: unknown) => !left && setError(errorText(t, BridgeError.from(cause))),
    );
    return () => {
      left = true;
    };
  }, [app, query, t]);

  const shown =
    query.trim() === "" || !found
      ? friends
      : found.flatMap((id) => friends.find((c) => c.id === id) ?? []);
  const active = Math.min(at, shown.length - 1);
  const title = (c: Conversation) => nameOf({ remark: c.remark, profile: c.peer });
  const toggle = (id: string) => {
    setError("");
    setTargets((now) =>
      now.includes(id) ? now.filter((other) => other !== id) : [...now, id].slice(0, maxTargets),
    );
  };

  const onKeyDown = (e: KeyboardEvent) => {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1 }[e.key];
    if (to !== undefined) setAt(Math.max(0, Math.min(shown.length - 1, to)));
    else if (e.key === "Enter" && shown[active]) toggle(shown[active].id);
    else return;
    e.preventDefault();
  };
  // Where the list stands is outside React: the active option is to be seen.
  useEffect(() => {
    document.getElementById(`${listId}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active, listId]);

  const names = [...new Set(what.messages.map((m) => (m.mine ? me : conversation.peer.nickname)))];
  for (const name of [me, conversation.peer.nickname]) if (!names.includes(name)) names.push(name);

  const submit = async () => {
    if (busy || targets.length === 0) {
      if (targets.length === 0) field.current?.focus();
      return;
    }
    setBusy(true);
    try {
      await app.bridge.call("Chat", "Forward", {
        conversation_id: conversation.id,
        message_ids: what.messages.map((m) => m.id),
        conversation_ids: [...targets],
        title: merged ? recordTitle(t, names) : "",
        note: note.trim(),
      });
      toast({ text: t("forward.done", { count: targets.length }) });
      onDone();
    } catch (cause) {
      const e = BridgeError.from(cause);
      setError(
        e.code === "not_found"
          ? t("forward.gone")
          : e.code === "too_large"
            ? t("forward.too_large")
            : errorText(t, e),
      );
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("forward.title", { count: what.messages.length })}
      closeLabel={t("common.close")}
      width={520}
      initialFocus={field}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" variant="primary" loading={busy} disabled={targets.length === 0}>
            {targets.length > 1
              ? t("forward.send_to", { count: targets.length })
              : t("forward.send")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <SearchField
          ref={field}
          label={t("forward.search")}
          clearLabel={t("search.clear")}
          value={query}
          onChange={(value) => {
            setQuery(value);
            setAt(0);
            if (value.trim() === "") setFound(null);
          }}
          onKeyDown={onKeyDown}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={shown.length > 0 ? `${listId}-${active}` : undefined}
        />
        {targets.length > 0 && (
          <ul className={styles.chosen} aria-label={t("forward.chosen")}>
            {targets.map((id) => {
              const target = friends.find((c) => c.id === id);
              const name = target ? title(target) : "";
              return (
                <li key={id}>
                  <button
                    type="button"
                    className={styles.chip}
                    aria-label={t("forward.remove", { name })}
                    onClick={() => toggle(id)}
                  >
                    <span>{name}</span>
                    <X aria-hidden />
                  </button>
                </li>
              );
            })}
          </ul>
        )}
        <Scroll className={styles.list}>
          <div id={listId} role="listbox" aria-multiselectable aria-label={t("forward.people")}>
            {shown.map((c, i) => (
              <div
                key={c.id}
                id={`${listId}-${i}`}
                role="option"
                aria-selected={targets.includes(c.id)}
                className={styles.row}
                data-active={i === active || undefined}
                onPointerDown={(e) => e.preventDefault()} // The focus stays in the field.
                onClick={() => {
                  setAt(i);
                  toggle(c.id);
                }}
              >
                <span className={styles.check} aria-hidden>
                  {targets.includes(c.id) && <Check />}
                </span>
                <Avatar id={c.peer.id} name={title(c)} size={32} />
                <span className={styles.name}>{title(c)}</span>
              </div>
            ))}
          </div>
          {shown.length === 0 && <p className={styles.none}>{t("forward.none")}</p>}
        </Scroll>
        <div className={styles.what}>
          <Segment
            label={t("forward.how")}
            value={merged ? "merged" : "each"}
            options={[
              { value: "each", label: t("select.forward") },
              { value: "merged", label: t("select.merge") },
            ]}
            onChange={(v) => setMerged(v === "merged")}
          />
          <div className={styles.preview}>
            {merged ? (
              <RecordCard
                card={{
                  names,
                  count: what.messages.length,
                  lines: what.messages.slice(0, previewed).map((m) => ({
                    name: m.mine ? me : conversation.peer.nickname,
                    text: kindOf(m.kind).words(t, m, title(conversation)),
                  })),
                }}
              />
            ) : (
              <>
                {what.messages.slice(0, previewed).map((m) => (
                  <p key={m.id} className={styles.line}>
                    {kindOf(m.kind).words(t, m, title(conversation))}
                  </p>
                ))}
                {what.messages.length > previewed && (
                  <p className={styles.rest}>
                    {t("forward.more", { count: what.messages.length - previewed })}
                  </p>
                )}
              </>
            )}
          </div>
        </div>
        <TextField
          label={t("forward.note")}
          hideLabel
          placeholder={t("forward.note")}
          value={note}
          onChange={(e) => setNote(e.target.value)}
          autoComplete="off"
        />
        {error !== "" && <Note tone="bad">{error}</Note>}
      </div>
    </Dialog>
  );
}
