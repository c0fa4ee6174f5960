import { MonitorX } from "lucide-react";
import { useState } from "react";
import type { Ending } from "../../bridge/types";
import { useI18n } from "../../i18n";
import type { T } from "../../i18n";
import { errorText } from "../../i18n/errors";
import type { Formats } from "../../i18n/format";
import { useApp } from "../../state/app";
import { useSubmit } from "../../state/useSubmit";
import { AlertDialog } from "../../ui/AlertDialog";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { Note } from "../../ui/Note";

type EndedCardProps = {
  ending: Ending;
  /** The user wants to sign in again, or has read that nothing is left here. */
  onRead: () => void;
  /** What was stored here is deleted. */
  onDeleted: () => void;
};

/** Why an account was signed out on this machine, and what becomes of what it has stored. */
export function EndedCard({ ending, onRead, onDeleted }: EndedCardProps) {
  const { auth } = useApp();
  const { t, formats } = useI18n();
  const [asking, setAsking] = useState(false);
  const submit = useSubmit();
  const { account, wiped } = ending;

  const read = async () => {
    if (await submit.run(() => auth.told(ending))) onRead();
  };
  const deleteData = async () => {
    if (await submit.run(() => auth.remove(account.id, true))) onDeleted();
  };
  return (
    <>
      <EmptyState
        icon={MonitorX}
        tone="bad"
        level={1}
        title={t("closed.title", { name: account.nickname })}
        text={
          <span role="alert">
            {why(t, formats, ending)} {t(wiped ? "closed.wiped" : "closed.kept")}
          </span>
        }
        actions={
          wiped ? (
            <Button variant="primary" autoFocus onClick={() => void read()}>
              {t("common.got_it")}
            </Button>
          ) : (
            <>
              <Button variant="dangerSoft" onClick={() => setAsking(true)}>
                {t("closed.delete")}
              </Button>
              <Button
                variant="primary"
                autoFocus
                loading={submit.busy && !asking}
                onClick={() => void read()}
              >
                {t(ending.reason === "disabled" ? "closed.keep" : "closed.again")}
              </Button>
            </>
          )
        }
      />
      <AlertDialog
        open={asking}
        onOpenChange={(open) => {
          submit.clear();
          setAsking(open);
        }}
        title={t("closed.delete_title", { name: account.nickname })}
        text={t("closed.delete_text")}
        confirm={t("closed.delete")}
        cancel={t("common.cancel")}
        danger
        loading={submit.busy}
        onConfirm={() => void deleteData()}
      >
        {submit.error && (
          <Note tone="bad" role="alert">
            {errorText(t, submit.error)}
          </Note>
        )}
      </AlertDialog>
    </>
  );
}

/** Who did it, when, and what to do if that was not the user. */
function why(t: T, formats: Formats, { reason, by, at_ms }: Ending): string {
  const when = formats.dateTime(at_ms);
  switch (reason) {
    case "disabled":
      return t("closed.disabled", { when });
    case "administrator":
      return t("closed.administrator", { when });
    case "password":
      return by ? t("closed.password_by", { when, by }) : t("closed.password", { when });
    case "replaced":
      return by ? t("closed.replaced_by", { when, by }) : t("closed.replaced", { when });
    default:
      return by ? t("closed.signed_out_by", { when, by }) : t("closed.signed_out", { when });
  }
}
