import { RotateCcw } from "lucide-react";
import { useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { BridgeError } from "../../bridge/error";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { chordOf, refusalOf, shownKeys, usual } from "../../state/chords";
import type { Action, Place } from "../../state/chords";
import type { Keys } from "../../state/shortcuts";
import { useStore } from "../../state/store";
import { Button } from "../../ui/Button";
import { CardRow } from "../../ui/CardRow";
import { isComposing } from "../../ui/composing";
import { Hidden } from "../../ui/Hidden";
import { IconButton } from "../../ui/IconButton";
import { Kbd } from "../../ui/Kbd";
import { useToast } from "../../ui/Toast";
import styles from "./ShortcutRow.module.css";

type ShortcutRowProps = { action: Action; place: Place; mac: boolean };

/** What a key press leads to while new keys are awaited: why not, or whose they are. */
type Asked = { chord: string; why: string; holder: Action | null };

/** One action and its keys, which a click or Enter lets the user press anew. */
export function ShortcutRow({ action, place, mac }: ShortcutRowProps) {
  const { shortcuts } = useApp();
  const { t } = useI18n();
  const toast = useToast();
  const keys = useStore(shortcuts);
  const button = useRef<HTMLButtonElement>(null);
  const [awaiting, setAwaiting] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const chord = keys[action];
  const name = t(`keys.${action}`);
  const shown = (c: string) => (c === "" ? t("keys.none") : shownKeys(c, mac));

  const end = () => {
    setAwaiting(false);
    setAsked(null);
  };
  const keep = (change: Partial<Keys>) => {
    end();
    button.current?.focus();
    shortcuts.change(change).catch((cause: unknown) => {
      toast({ tone: "error", text: errorText(t, BridgeError.from(cause)) });
    });
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (!awaiting) return;
    if (e.key === "Tab") return; // Leads on, as ever; the blur ends it.
    e.preventDefault();
    e.stopPropagation(); // What the keys did so far they do not do now.
    if (isComposing(e.nativeEvent)) return; // An input method has them.
    const pressed = chordOf(e.nativeEvent);
    if (pressed === null) return;
    if (pressed === "Escape") return end();
    if (pressed === "Backspace" || pressed === "Delete") return keep({ [action]: "" });
    if (pressed === chord) return end();
    const refusal = refusalOf(pressed, place);
    if (refusal) {
      setAsked({ chord: pressed, why: t(`keys.refused_${refusal}`), holder: null });
      return;
    }
    const holder = shortcuts.holder(pressed);
    if (!holder) return keep({ [action]: pressed });
    setAsked({
      chord: pressed,
      why: t("keys.held", { keys: shown(pressed), name: t(`keys.${holder}`) }),
      holder,
    });
  };

  const hint = awaiting
    ? asked
      ? asked.holder
        ? asked.why
        : `${shown(asked.chord)}: ${asked.why}`
      : t("keys.awaiting_hint")
    : undefined;
  return (
    <div
      className={styles.row}
      data-refused={asked !== null || undefined}
      onBlur={(e) => {
        if (!e.currentTarget.contains(e.relatedTarget)) end();
      }}
    >
      <CardRow title={name} hint={<span role="status">{hint}</span>}>
        {asked?.holder && (
          <>
            <Button
              variant="outline"
              onClick={() => asked.holder && keep({ [action]: asked.chord, [asked.holder]: chord })}
            >
              {t("keys.swap")}
            </Button>
            <Button
              variant="outline"
              onClick={() => asked.holder && keep({ [action]: asked.chord, [asked.holder]: "" })}
            >
              {t("keys.take")}
            </Button>
          </>
        )}
        {chord !== usual[action] && !awaiting && (
          <IconButton
            icon={RotateCcw}
            size="sm"
            label={t("keys.reset", { name, keys: shown(usual[action]) })}
            onClick={() => {
              const holder = shortcuts.holder(usual[action]);
              // What has these keys meanwhile gets those that go.
              keep({ [action]: usual[action], ...(holder && { [holder]: chord }) });
            }}
          />
        )}
        <button
          ref={button}
          type="button"
          className={styles.keys}
          data-awaiting={awaiting || undefined}
          onClick={() => {
            setAsked(null);
            setAwaiting(true);
          }}
          onKeyDown={onKeyDown}
        >
          <Hidden>
            {awaiting
              ? t("keys.awaiting_label", { name })
              : t("keys.change", { name, keys: shown(chord) })}
          </Hidden>
          <span aria-hidden>
            {awaiting ? (
              t("keys.awaiting")
            ) : chord === "" ? (
              <span className={styles.none}>{t("keys.none")}</span>
            ) : (
              <Kbd keys={shown(chord)} />
            )}
          </span>
        </button>
      </CardRow>
    </div>
  );
}
