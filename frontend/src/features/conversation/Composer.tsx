import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { KeyboardEvent, Ref } from "react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useIme } from "../../ui/useIme";
import { useNarrow } from "../../ui/useNarrow";
import styles from "./Composer.module.css";
import { ComposerContext } from "./ComposerContext";
import type { Context } from "./ComposerContext";
import { EmojiButton } from "./EmojiButton";
import { Later } from "./later";
import { isBlank, lengthOf } from "./limits";
import type { Length } from "./limits";
import { markOf, marked } from "./marking";
import { SendButton } from "./SendButton";
import { TypingHint } from "./typing";

/** What the conversation may ask of its composer. */
export type ComposerHandle = {
  focus: () => void;
  /** Shows a draft from another device, unless the user writes here: then false. */
  follow: (draft: string) => boolean;
  /** What is written. */
  text: () => string;
  /** Keeps the draft now. */
  flush: () => void;
  /** Empties the field: what was in it is on its way. */
  take: () => void;
  /** Puts a text back that could not be sent, before what was written since. */
  putBack: (text: string) => void;
  /** Shows another text, keeps nothing of the one before, and returns that. */
  swap: (text: string) => string;
};

type ComposerProps = {
  /** Who the message goes to. */
  name: string;
  /** The kept draft; read once. */
  draft: string;
  /** Enter breaks the line and Ctrl+Enter (on a Mac, Command) sends. */
  ctrlEnter: boolean;
  /** The name of that key. */
  mod: string;
  /** What is written now waits for a connection. */
  offline: boolean;
  /** What the message is about; null for nothing but itself. */
  context: Context | null;
  onSend: (text: string, silent: boolean) => void;
  /** Asks when it is to be sent instead; the text stays until it is taken. */
  onLater: (text: string) => void;
  /** Begins to edit the last own message; false where there is none. */
  onEditLast: () => boolean;
  /** These two are taken once. A draft is also what an edit has come to. */
  onDraft: (text: string) => void;
  onTyping: (on: boolean) => void;
  ref: Ref<ComposerHandle>;
};

/** A draft is kept this long after the last key, in milliseconds. */
const draftPauseMs = 500;
const fine: Length = { state: "fine" };

/**
 * The field a message is written in. The text lives in the field itself: React
 * never sets it, because a new value in the middle of a composition would end
 * the composition.
 */
export function Composer(props: ComposerProps) {
  const { name, ctrlEnter, mod, offline, context, ref } = props;
  const { shortcuts } = useApp();
  const { t } = useI18n();
  const narrow = useNarrow();
  const box = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const [length, setLength] = useState<Length>(fine);
  const [blank, setBlank] = useState(isBlank(props.draft));
  const ime = useIme();

  const [hint] = useState(() => new TypingHint(props.onTyping));
  const [draft] = useState(() => new Later(props.onDraft, draftPauseMs));
  const writing = useRef(false); // Something was written here since the last message.

  const fit = useCallback(() => {
    const el = field.current;
    if (!el) return;
    el.style.height = "auto"; // The style sheet bounds it from one line to eight.
    el.style.height = `${el.scrollHeight}px`;
  }, []);
  useLayoutEffect(fit, [fit, narrow]);

  const measure = useCallback(() => {
    const text = field.current?.value ?? "";
    writing.current = true;
    setLength(lengthOf(text));
    setBlank(isBlank(text));
    fit();
    return text;
  }, [fit]);
  const apart = context?.apart ?? false;
  const changed = useCallback(() => {
    const text = measure();
    draft.set(text);
    if (!apart) hint.input(text);
  }, [apart, draft, hint, measure]);

  // A draft is written on where it ended.
  useLayoutEffect(() => {
    const end = field.current?.value.length ?? 0;
    field.current?.setSelectionRange(end, end);
  }, []);

  // Leaving, by another conversation or by closing the window, keeps the draft.
  useEffect(() => {
    const keep = () => draft.flush();
    window.addEventListener("pagehide", keep);
    document.addEventListener("visibilitychange", keep);
    return () => {
      window.removeEventListener("pagehide", keep);
      document.removeEventListener("visibilitychange", keep);
      draft.flush();
      hint.stop();
    };
  }, [draft, hint]);

  const setText = useCallback(
    (text: string) => {
      if (!field.current) return;
      field.current.value = text;
      changed();
    },
    [changed],
  );
  const insert = useCallback(
    (text: string) => {
      const el = field.current;
      if (!el) return;
      el.setRangeText(text, el.selectionStart, el.selectionEnd, "end");
      changed();
    },
    [changed],
  );
  const take = useCallback(() => {
    setText("");
    writing.current = false;
    draft.drop();
    hint.sent();
  }, [draft, hint, setText]);
  useImperativeHandle(
    ref,
    () => ({
      focus: () => field.current?.focus(),
      follow: (text) => {
        const el = field.current;
        if (!el || writing.current || ime.composing) return false;
        if (el.value === text) return true;
        el.value = text;
        setLength(lengthOf(text));
        setBlank(isBlank(text));
        fit();
        return true;
      },
      text: () => field.current?.value ?? "",
      flush: () => draft.flush(),
      take,
      putBack: (text) => setText(text + (field.current?.value ? `\n${field.current.value}` : "")),
      swap: (text) => {
        const before = field.current?.value ?? "";
        draft.drop();
        if (field.current) field.current.value = text;
        measure();
        return before;
      },
    }),
    [draft, fit, ime, measure, setText, take],
  );

  /** What can be sent as it stands; "" for nothing. */
  const ready = () => {
    const text = (field.current?.value ?? "").trimEnd();
    const fits = !ime.composing && !isBlank(text) && lengthOf(text).state !== "over";
    return fits ? text : "";
  };
  const submit = (silent: boolean) => {
    const text = ready();
    if (text === "") return;
    take();
    props.onSend(text, silent); // It takes the draft away with it.
    field.current?.focus();
  };
  const later = () => {
    const text = ready();
    if (text !== "") props.onLater(text);
  };

  const onKeyDown = (e: KeyboardEvent<HTMLTextAreaElement>) => {
    const owner = ime.press(e.nativeEvent, performance.now());
    if (e.key === "Escape" && owner !== "method" && context) {
      e.preventDefault();
      e.stopPropagation();
      context.onClose();
      return;
    }
    const mark = owner === "method" ? null : markOf(e);
    const { selectionStart, selectionEnd, value } = e.currentTarget;
    if (mark !== null && selectionEnd > selectionStart) {
      e.preventDefault();
      e.stopPropagation(); // Elsewhere the same keys mean other things.
      const words = marked(value.slice(selectionStart, selectionEnd), mark);
      insert(words);
      e.currentTarget.setSelectionRange(selectionStart, selectionStart + words.length);
      return;
    }
    const plain = !e.altKey && !e.ctrlKey && !e.metaKey && !e.shiftKey;
    if (e.key === "ArrowUp" && owner !== "method" && plain && !context && blankField(e)) {
      if (props.onEditLast()) e.preventDefault();
      return;
    }
    const action = owner === "user" && !apart ? shortcuts.pressed(e.nativeEvent) : undefined;
    if (action === "send_silently" || action === "send_later") {
      e.preventDefault();
      if (action === "send_later") later();
      else submit(true);
      return;
    }
    if (e.key !== "Enter" || owner === "method") return;
    if (owner === "told again") {
      e.preventDefault(); // It chose a candidate, and is no line break either.
      return;
    }
    const withMod = e.ctrlKey || e.metaKey;
    if (e.altKey || e.shiftKey) return;
    if (ctrlEnter !== withMod) {
      if (!withMod) return; // The field breaks the line itself.
      insert("\n");
    } else submit(false);
    e.preventDefault();
  };

  const counter = counterText(length);
  const tooLong = length.state === "over";
  return (
    <div className={styles.composer}>
      <div className={styles.box} ref={box} data-error={tooLong || undefined}>
        {context && (
          <ComposerContext
            title={context.title}
            text={context.text}
            closeLabel={context.closeLabel}
            onClose={context.onClose}
          />
        )}
        <textarea
          ref={field}
          className={styles.field}
          rows={1}
          defaultValue={props.draft}
          data-region="composer"
          aria-label={t("composer.label", { name })}
          aria-invalid={tooLong || undefined}
          aria-describedby={counter ? "composer-count" : undefined}
          placeholder={
            narrow
              ? t("composer.hint_short")
              : ctrlEnter
                ? t("composer.hint_ctrl_enter", { key: mod })
                : t("composer.hint_enter")
          }
          dir="auto"
          enterKeyHint={ctrlEnter ? "enter" : "send"}
          onInput={changed}
          onCompositionStart={() => ime.start()}
          onCompositionEnd={() => ime.end(performance.now())}
          onBlur={() => {
            ime.release();
            draft.flush();
          }}
          onKeyDown={onKeyDown}
          onKeyUp={() => ime.release()}
        />
        <div className={styles.tools}>
          <EmojiButton anchor={box} onPick={insert} onClosed={() => field.current?.focus()} />
          <span
            id="composer-count"
            className={styles.note}
            data-error={tooLong || undefined}
            data-about={counter ? "length" : "connection"}
            role="status"
          >
            {counter
              ? t(counter.key, { count: counter.count })
              : offline && t("composer.queued_offline")}
          </span>
          <SendButton disabled={blank || tooLong} plain={apart} onSend={submit} onLater={later} />
        </div>
      </div>
    </div>
  );
}

const blankField = (e: KeyboardEvent<HTMLTextAreaElement>) => e.currentTarget.value === "";

function counterText(length: Length) {
  if (length.state === "fine") return null;
  const bytes = length.unit === "bytes";
  if (length.state === "near") {
    return { key: bytes ? "composer.left_bytes" : "composer.left", count: length.left } as const;
  }
  return { key: bytes ? "composer.over_bytes" : "composer.over", count: -length.left } as const;
}
