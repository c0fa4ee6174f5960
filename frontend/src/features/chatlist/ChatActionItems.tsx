import {
  Archive,
  ArchiveRestore,
  Bell,
  BellOff,
  Eraser,
  EyeOff,
  FileOutput,
  Mail,
  MailOpen,
  Pin,
  PinOff,
  Trash2,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { Conversation } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { MenuItem, MenuSeparator } from "../../ui/Menu";
import { actionsFor, destroys, keyOf } from "./chatActions";
import type { ChatAction } from "./chatActions";
import { FolderItems } from "./FolderItems";
import { useChatActions } from "./useChatActions";
import { useExport } from "./useExport";

const icons: Record<Exclude<ChatAction, "folders">, LucideIcon> = {
  pin: Pin,
  unpin: PinOff,
  mark_unread: Mail,
  mark_read: MailOpen,
  mute: BellOff,
  unmute: Bell,
  hide: EyeOff,
  archive: Archive,
  unarchive: ArchiveRestore,
  clear: Eraser,
  clear_all: Trash2,
};

type ChatActionItemsProps = {
  conversation: Conversation;
  /** Other harmless commands, after these. */
  more?: ReactNode;
};

/** The commands for one conversation, each with its key; what cannot be undone comes last. */
export function ChatActionItems({ conversation, more }: ChatActionItemsProps) {
  const { t } = useI18n();
  const act = useChatActions();
  const exportChat = useExport();
  const actions = actionsFor(conversation);
  const item = (action: ChatAction) =>
    action === "folders" ? (
      <FolderItems key={action} conversation={conversation} />
    ) : (
      <MenuItem
        key={action}
        icon={icons[action]}
        shortcut={keyOf[action]}
        danger={destroys(action)}
        onSelect={() => act(conversation, action)}
      >
        {t(`list.${action}`)}
      </MenuItem>
    );
  const last = actions.filter(destroys);
  return (
    <>
      {actions.filter((action) => !destroys(action)).map(item)}
      <MenuItem icon={FileOutput} onSelect={() => exportChat(conversation.id)}>
        {t("storage.export_chat")}
      </MenuItem>
      {more}
      {last.length > 0 && <MenuSeparator />}
      {last.map(item)}
    </>
  );
}
