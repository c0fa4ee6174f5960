import { Ellipsis, Forward, Reply, SmilePlus } from "lucide-react";
import type { Message } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { IconButton } from "../../ui/IconButton";
import type { MessageActions } from "./actions";
import styles from "./HoverBar.module.css";
import { reactable } from "./reactions";
import { selectable } from "./selection";

type HoverBarProps = {
  message: Message;
  /** Whether the user may write here. */
  friend: boolean;
  actions: MessageActions;
  /** Opens the menu at an element. */
  onMenu: (at: Element) => void;
};

/** What is done most with a message, beside its bubble; the keyboard has keys for it. */
export function HoverBar({ message, friend, actions, onMenu }: HoverBarProps) {
  const { t } = useI18n();
  const button = { size: "sm", tabIndex: -1, tooltipSide: "top" } as const;
  return (
    <div className={styles.bar} onDoubleClick={(e) => e.stopPropagation()}>
      {reactable(message, { friend }) && (
        <>
          <IconButton
            {...button}
            icon={SmilePlus}
            label={t("reaction.add")}
            shortcut="A"
            onClick={(e) => actions.chooseReaction(message.id, e.currentTarget)}
          />
          <IconButton
            {...button}
            icon={Reply}
            label={t("message.reply")}
            shortcut="R"
            onClick={() => actions.reply(message.id)}
          />
        </>
      )}
      {selectable(message) && (
        <IconButton
          {...button}
          icon={Forward}
          label={t("message.forward")}
          shortcut="F"
          onClick={() => actions.forward(message.id)}
        />
      )}
      <IconButton
        {...button}
        icon={Ellipsis}
        label={t("message.actions")}
        onClick={(e) => onMenu(e.currentTarget)}
      />
    </div>
  );
}
