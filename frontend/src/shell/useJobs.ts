import { useEffect, useEffectEvent, useRef } from "react";
import { useI18n } from "../i18n";
import { errorText } from "../i18n/errors";
import { useApp } from "../state/app";
import { useSelect } from "../state/store";
import { useToast } from "../ui/Toast";

/** Says how a piece of work ended that this page saw running, and takes what it made. */
export function useJobs() {
  const { bridge, storage } = useApp();
  const { t } = useI18n();
  const toast = useToast();
  const running = useRef(0);
  const state = useSelect(storage, (s) => s?.job && `${s.job.id} ${s.job.state}`);
  const follow = useEffectEvent(() => {
    const job = storage.getSnapshot()?.job;
    if (!job) return;
    if (job.state === "choosing" || job.state === "running") running.current = job.id;
    else if (running.current === job.id) {
      running.current = 0;
      if (job.state === "done") {
        if (job.download) bridge.host.download(job.id);
        toast({
          text: job.download
            ? t(`storage.${job.kind}_downloaded`)
            : t(`storage.${job.kind}_saved`, { path: job.path }),
        });
      }
      if (job.state === "failed") {
        const why = errorText(t, { code: job.error?.code ?? "internal" });
        toast({ text: `${t(`storage.${job.kind}_failed`)} ${why}`, tone: "error" });
      }
    }
  });
  // Downloads and toasts live outside React's tree; each end is told once.
  useEffect(() => follow(), [state]);
}
