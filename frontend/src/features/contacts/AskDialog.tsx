import type { Profile } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { AskField } from "./AskField";
import { useAsk } from "./useAsk";

type AskDialogProps = {
  to: Profile;
  /** What the user calls them. */
  name: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

/** Asks one known person to be friends. */
export function AskDialog({ to, name, open, onOpenChange }: AskDialogProps) {
  const { t } = useI18n();
  const ask = useAsk();
  const send = async () => {
    if (await ask.send(to)) onOpenChange(false);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("add.title")}
      closeLabel={t("add.close")}
      onSubmit={() => void send()}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{t("add.cancel")}</Button>
          <Button type="submit" variant="primary" loading={ask.busy}>
            {t("add.send")}
          </Button>
        </>
      }
    >
      <AskField ask={ask} name={name} />
    </Dialog>
  );
}
