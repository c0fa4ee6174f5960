import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { PaneHeader as Base } from "../../ui/PaneHeader";
import type { PaneHeaderProps } from "../../ui/PaneHeader";

/** The head of a pane beside the contacts, which leads back to them. */
export function PaneHeader(props: Omit<PaneHeaderProps, "back">) {
  const { navigation } = useApp();
  const { t } = useI18n();
  return <Base {...props} back={{ label: t("contacts.back"), onClick: () => navigation.back() }} />;
}
