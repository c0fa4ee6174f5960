import { useState } from "react";
import { BridgeError } from "../../bridge/error";
import type { Job } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { Button } from "../../ui/Button";
import { CardRow } from "../../ui/CardRow";
import { Progress } from "../../ui/Progress";
import { useToast } from "../../ui/Toast";
import { BackupDialog } from "./BackupDialog";
import styles from "./BackupRow.module.css";
import { RestoreDialog } from "./RestoreDialog";

type BackupRowProps = {
  job: Job | undefined;
  /** When the last backup was made; 0 means never. */
  backedUpMs: number;
};

/** Makes a backup, and brings one back; while one is made, how far it is. */
export function BackupRow({ job, backedUpMs }: BackupRowProps) {
  const { storage } = useApp();
  const { t, formats } = useI18n();
  const toast = useToast();
  const [open, setOpen] = useState<"backup" | "restore" | null>(null);
  const busy = job?.state === "choosing" || job?.state === "running";
  const runs = busy && job.kind === "backup";
  const percent = job && job.total > 0 ? Math.floor((job.done / job.total) * 100) : 0;
  const cancel = (id: number) =>
    storage.cancelJob(id).catch((cause: unknown) => {
      toast({ text: errorText(t, BridgeError.from(cause)), tone: "error" });
    });
  const idle = backedUpMs
    ? t("storage.backup_last", { when: formats.dateTime(backedUpMs) })
    : t("storage.backup_never");
  return (
    <>
      <CardRow
        title={t("storage.backup")}
        hint={
          !runs ? (
            <>
              {t("storage.backup_hint")} {idle}
            </>
          ) : job.state === "choosing" ? (
            t("storage.export_choosing")
          ) : (
            <div className={styles.progress}>
              {t("storage.backup_progress", { percent: formats.number(percent) })}
              <Progress label={t("storage.backup")} done={job.done} total={job.total} />
            </div>
          )
        }
      >
        {runs ? (
          <Button variant="outline" onClick={() => void cancel(job.id)}>
            {t("common.cancel")}
          </Button>
        ) : (
          <>
            <Button variant="outline" disabled={busy} onClick={() => setOpen("backup")}>
              {t("storage.backup_button")}
            </Button>
            <Button variant="outline" disabled={busy} onClick={() => setOpen("restore")}>
              {t("restore.button")}
            </Button>
          </>
        )}
      </CardRow>
      {open === "backup" && <BackupDialog onClose={() => setOpen(null)} />}
      {open === "restore" && <RestoreDialog onClose={() => setOpen(null)} />}
    </>
  );
}
