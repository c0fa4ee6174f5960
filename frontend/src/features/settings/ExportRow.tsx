import { BridgeError } from "../../bridge/error";
import type { Job } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { CardRow } from "../../ui/CardRow";
import { useToast } from "../../ui/Toast";

type ExportRowProps = { job: Job | undefined };

/** Exports everything; while an export runs, how far it is. */
export function ExportRow({ job }: ExportRowProps) {
  const { storage } = useApp();
  const { t, locale, formats } = useI18n();
  const toast = useToast();
  const submit = useSubmit();
  const busy = job?.state === "choosing" || job?.state === "running";
  const runs = busy && job.kind === "export";
  const hint = {
    idle: t("storage.export_hint"),
    choosing: t("storage.export_choosing"),
    running: t("storage.export_progress", {
      done: formats.number(job?.done ?? 0),
      total: formats.number(job?.total ?? 0),
    }),
  };
  const act = (work: () => Promise<void>) =>
    void submit.run(() =>
      work().catch((cause: unknown) => {
        toast({ text: errorText(t, BridgeError.from(cause)), tone: "error" });
        throw cause;
      }),
    );
  return (
    <CardRow
      title={t("storage.export")}
      hint={runs ? hint[job.state === "choosing" ? "choosing" : "running"] : hint.idle}
    >
      {runs ? (
        <Button variant="outline" onClick={() => act(() => storage.cancelJob(job.id))}>
          {t("common.cancel")}
        </Button>
      ) : (
        <Button
          variant="outline"
          loading={submit.busy}
          disabled={busy}
          onClick={() => act(() => storage.startExport(locale))}
        >
          {t("storage.export_button")}
        </Button>
      )}
    </CardRow>
  );
}
