import { FolderPlus } from "lucide-react";
import type { Conversation } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useSelect } from "../../state/store";
import { MenuCheck, MenuItem, MenuSeparator, Submenu } from "../../ui/Menu";
import { keyOf } from "./chatActions";
import { useRefile } from "./useRefile";

type FolderItemsProps = { conversation: Conversation };

/** The folders of a conversation, as commands of its menu. */
export function FolderItems({ conversation }: FolderItemsProps) {
  const app = useApp();
  const { t } = useI18n();
  const list = useSelect(app.folders, (s) => s.list);
  const refile = useRefile();
  return (
    <Submenu icon={FolderPlus} label={t("folders.add")}>
      {list?.map((f) => (
        <MenuCheck
          key={f.id}
          checked={conversation.folders.includes(f.id)}
          onChange={(on) => refile(conversation.id, f.id, on)}
        >
          {f.name}
        </MenuCheck>
      ))}
      {list && list.length > 0 && <MenuSeparator />}
      <MenuItem shortcut={keyOf.folders} onSelect={() => app.folders.open(conversation.id)}>
        {t("folders.new_in")}
      </MenuItem>
    </Submenu>
  );
}
