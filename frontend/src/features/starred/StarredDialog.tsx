import { useRef } from "react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useSelect } from "../../state/store";
import { Palette } from "../../ui/Palette";
import { StarredMessages } from "./StarredMessages";

/** The starred messages, while they are asked for. */
export function StarredDialog() {
  const { navigation } = useApp();
  const { t } = useI18n();
  const open = useSelect(navigation, (n) => n.starred);
  const list = useRef<HTMLDivElement>(null);
  return (
    <Palette
      open={open}
      onOpenChange={(o) => navigation.setStarred(o)}
      title={t("star.title")}
      field={list}
    >
      <StarredMessages list={list} onDone={() => navigation.setStarred(false)} />
    </Palette>
  );
}
