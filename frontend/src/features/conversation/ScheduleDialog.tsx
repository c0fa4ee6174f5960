import { useId, useState } from "react";
import { Clock3, Moon, Sunrise } from "lucide-react";
import { BridgeError } from "../../bridge/error";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Note } from "../../ui/Note";
import { LazyCalendar } from "../../ui/LazyCalendar";
import { TextField } from "../../ui/TextField";
import { atTime, choices, timeOf } from "./laterTimes";
import { lengthOf } from "./limits";
import styles from "./ScheduleDialog.module.css";

type ScheduleDialogProps = {
  /** When it is to be sent so far; null for a message that is new. */
  atMs: number | null;
  /** The words to change; null where they are written elsewhere, or are no text. */
  text: string | null;
  onSave: (atMs: number, text: string) => Promise<unknown>;
  onClose: () => void;
};

const clock = () => Date.now();
const icons = { hour: Clock3, tonight: Moon, tomorrow: Sunrise };
const dayMs = 86_400_000;
/** How far ahead a message may be, as protocol.MaxScheduleAheadMS says. */
const maxAheadMs = 365 * dayMs;

/** When a message is sent: a time that is offered, or a day and a time. */
export function ScheduleDialog({ atMs, text, onSave, onClose }: ScheduleDialogProps) {
  const { t, formats, locale } = useI18n();
  const textId = useId();
  const [now] = useState(clock);
  const offered = choices(now);
  const [first] = useState(() => Math.max(atMs ?? 0, offered[0]?.atMs ?? now));
  const [day, setDay] = useState(() => new Date(first));
  const [month, setMonth] = useState(() => new Date(first));
  const [time, setTime] = useState(() => timeOf(first));
  const [words, setWords] = useState(text ?? "");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");

  const at = atTime(day, time);
  const blank = text !== null && (words.trim() === "" || lengthOf(words).state === "over");
  const save = async (ms: number) => {
    if (busy || blank) return;
    if (ms <= clock()) return setError(t("later.past"));
    setBusy(true);
    try {
      await onSave(ms, words.trimEnd());
    } catch (cause) {
      setError(t("later.failed_to", { reason: errorText(t, BridgeError.from(cause)) }));
      setBusy(false);
    }
  };
  const choose = (ms: number) => {
    setError("");
    setDay(new Date(ms));
    setMonth(new Date(ms));
    setTime(timeOf(ms));
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("later.title")}
      closeLabel={t("common.close")}
      onSubmit={() => {
        if (at === null) setError(t("later.time_bad"));
        else void save(at);
      }}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" variant="primary" loading={busy} disabled={blank}>
            {t("later.save")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {text !== null && (
          <div className={styles.words}>
            <label htmlFor={textId}>{t("later.text")}</label>
            <textarea
              id={textId}
              className={styles.text}
              rows={3}
              dir="auto"
              value={words}
              onChange={(e) => setWords(e.target.value)}
            />
          </div>
        )}
        <div className={styles.choices}>
          {offered.map((c) => (
            <Button
              key={c.key}
              variant={at === c.atMs ? "soft" : "outline"}
              icon={icons[c.key]}
              aria-pressed={at === c.atMs}
              onClick={() => choose(c.atMs)}
            >
              {t(`later.${c.key}`)}
            </Button>
          ))}
        </div>
        <div className={styles.when}>
          <LazyCalendar
            loadingLabel={t("common.loading")}
            label={t("later.day")}
            lang={locale}
            month={month}
            onMonthChange={setMonth}
            selected={day}
            from={new Date(now)}
            to={new Date(now + maxAheadMs)}
            onSelect={(d) => {
              setError("");
              setDay(d);
            }}
          />
          <TextField
            className={styles.time}
            label={t("later.time")}
            size="sm"
            icon={Clock3}
            inputMode="numeric"
            autoComplete="off"
            value={time}
            hint={t("later.time_hint")}
            error={at === null ? t("later.time_bad") : undefined}
            onChange={(e) => {
              setError("");
              setTime(e.target.value);
            }}
          />
        </div>
        {error !== "" ? (
          <Note tone="bad" role="alert">
            {error}
          </Note>
        ) : (
          at !== null && (
            <p className={styles.result} role="status">
              {t("later.when", { when: formats.dateTime(at) })}
            </p>
          )
        )}
      </div>
    </Dialog>
  );
}
