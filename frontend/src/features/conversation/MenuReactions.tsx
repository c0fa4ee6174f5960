import { SmilePlus } from "lucide-react";
import type { Message } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useSelect } from "../../state/store";
import { MenuTile, MenuTiles } from "../../ui/Menu";
import type { MessageActions } from "./actions";
import { ownReactions, quickReactions } from "./reactions";

type MenuReactionsProps = { message: Message; actions: MessageActions };

/** The emoji that are one press away, at the head of a message's menu. */
export function MenuReactions({ message, actions }: MenuReactionsProps) {
  const app = useApp();
  const { t } = useI18n();
  const recent = useSelect(app.settings, (s) => s.settings?.recent_emoji);
  const own = ownReactions(message, app.profile.getSnapshot()?.profile.id ?? "");
  return (
    <MenuTiles label={t("reaction.add")}>
      {quickReactions(recent ?? []).map((emoji) => (
        <MenuTile
          key={emoji}
          label={t("reaction.with", { emoji })}
          on={own.includes(emoji)}
          onSelect={() => actions.react(message.id, emoji)}
        >
          {emoji}
        </MenuTile>
      ))}
      <MenuTile
        label={t("reaction.more")}
        shortcut="A"
        onSelect={() => actions.chooseReaction(message.id)}
      >
        <SmilePlus size={18} strokeWidth={1.75} aria-hidden />
      </MenuTile>
    </MenuTiles>
  );
}
