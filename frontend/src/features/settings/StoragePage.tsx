import { useEffect } from "react";
import { BridgeError } from "../../bridge/error";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useStore } from "../../state/store";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { CardRow } from "../../ui/CardRow";
import { useToast } from "../../ui/Toast";
import { SettingsPage } from "./SettingsPage";
import { BackupRow } from "./BackupRow";
import { ExportRow } from "./ExportRow";
import { StorageBar } from "./StorageBar";

/** What the account keeps on this machine, and what can be done with it. */
export function StoragePage() {
  const { storage } = useApp();
  const { t, formats } = useI18n();
  const toast = useToast();
  const compacting = useSubmit();
  const pausing = useSubmit();
  const state = useStore(storage);
  // What comes and goes meanwhile changes it without a word.
  useEffect(() => storage.refresh(), [storage]);
  if (!state) return <SettingsPage title="storage.title">{null}</SettingsPage>;

  const { history } = state;
  const whole = history.here >= history.total;
  const counts = { here: formats.number(history.here), total: formats.number(history.total) };
  const copy = {
    "": state.copied_ms
      ? t("storage.copy_made", { when: formats.dateTime(state.copied_ms) })
      : t("storage.copy_never"),
    no_room: t("storage.copy_no_room"),
    too_large: t("storage.copy_too_large"),
  };
  const act = async (on: typeof pausing, what: () => Promise<void>, done?: string) => {
    const ok = await on.run(async () => {
      try {
        await what();
      } catch (cause) {
        toast({ text: errorText(t, BridgeError.from(cause)), tone: "error" });
        throw cause;
      }
    });
    if (ok && done) toast({ text: done });
  };
  return (
    <SettingsPage title="storage.title">
      <Card>
        <StorageBar state={state} />
        <CardRow title={t("storage.folder")} hint={<code>{state.dir}</code>} />
        <CardRow title={t("storage.compact_title")} hint={t("storage.compact_hint")}>
          <Button
            variant="outline"
            loading={compacting.busy}
            onClick={() => void act(compacting, () => storage.compact(), t("storage.compacted"))}
          >
            {t("storage.compact")}
          </Button>
        </CardRow>
      </Card>
      <Card title={t("storage.history")}>
        <CardRow
          title={t("storage.history_row")}
          hint={t(
            whole
              ? "storage.history_whole"
              : history.paused
                ? "storage.history_paused"
                : "storage.history_part",
            counts,
          )}
        >
          {(!whole || history.paused) && (
            <Button
              variant="outline"
              loading={pausing.busy}
              onClick={() => void act(pausing, () => storage.pauseHistory(!history.paused))}
            >
              {t(history.paused ? "storage.continue" : "storage.pause")}
            </Button>
          )}
        </CardRow>
        <BackupRow job={state.job} backedUpMs={state.backed_up_ms} />
        <ExportRow job={state.job} />
        <CardRow title={t("storage.copy_row")} hint={copy[state.copy_skipped]} />
      </Card>
    </SettingsPage>
  );
}
