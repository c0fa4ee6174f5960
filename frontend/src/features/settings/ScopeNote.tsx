import type { Settings } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useSelect } from "../../state/store";
import { ScopeLine } from "./ScopeLine";

type ScopeNoteProps = {
  /** One of the settings that it speaks of; the others have the same scope. */
  of: keyof Settings;
};

/** Says of the settings above whether they follow the user to all of their devices. */
export function ScopeNote({ of }: ScopeNoteProps) {
  const { t } = useI18n();
  const follows = useSelect(useApp().settings, (s) => s.about?.following.includes(of) ?? false);
  const text = follows ? t("settings.scope_account") : t("settings.scope_device");
  return <ScopeLine follows={follows} text={text} />;
}
