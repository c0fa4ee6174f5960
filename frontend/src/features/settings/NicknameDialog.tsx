import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { NameDialog } from "./NameDialog";

type NicknameDialogProps = { nickname: string; onClose: () => void };

/** Changes the name that friends see. */
export function NicknameDialog({ nickname, onClose }: NicknameDialogProps) {
  const { profile } = useApp();
  const { t } = useI18n();
  return (
    <NameDialog
      title={t("settings.nickname_title")}
      hint={t("settings.nickname_hint")}
      invalid={t("error.invalid.nickname")}
      most={32}
      name={nickname}
      onSave={(name) => profile.update({ nickname: name })}
      onClose={onClose}
    />
  );
}
