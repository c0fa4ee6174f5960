import { Ellipsis } from "lucide-react";
import type { Conversation } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { IconButton } from "../../ui/IconButton";
import { Menu } from "../../ui/Menu";
import { ChatActionItems } from "./ChatActionItems";

type ChatMenuProps = { conversation: Conversation };

/** The list's commands for a conversation, behind a button of its header. */
export function ChatMenu({ conversation }: ChatMenuProps) {
  const { t } = useI18n();
  return (
    <Menu trigger={<IconButton icon={Ellipsis} label={t("list.more")} />} align="end">
      <ChatActionItems conversation={conversation} />
    </Menu>
  );
}
