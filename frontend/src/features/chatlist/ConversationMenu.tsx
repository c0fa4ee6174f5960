import { useRef, useState } from "react";
import type { MouseEvent, ReactNode } from "react";
import { UserRound } from "lucide-react";
import type { Conversation } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { ContextMenu, MenuItem } from "../../ui/Menu";
import { ChatActionItems } from "./ChatActionItems";
import styles from "./ConversationMenu.module.css";

type ConversationMenuProps = {
  conversations: readonly Conversation[];
  /** The list; rows in it carry their id in data-conversation. */
  children: ReactNode;
};

/** What can be done with one conversation: one menu for the whole list. */
export function ConversationMenu({ conversations, children }: ConversationMenuProps) {
  const app = useApp();
  const { t } = useI18n();
  const area = useRef<HTMLDivElement>(null);
  const [id, setId] = useState<string | undefined>();
  const target = conversations.find((c) => c.id === id);
  const aim = (e: MouseEvent) => {
    const row =
      e.target instanceof Element ? e.target.closest<HTMLElement>("[data-conversation]") : null;
    setId(row?.dataset.conversation);
    if (row) return;
    e.preventDefault();
    e.stopPropagation(); // Beside the rows there is nothing to offer.
  };
  return (
    <ContextMenu
      focusAfter={() => {
        // The row may be gone by what was chosen: then to the one that Tab stops at.
        const rows = area.current?.querySelectorAll<HTMLElement>("[data-conversation]") ?? [];
        const own = [...rows].find((row) => row.dataset.conversation === id);
        return own ?? [...rows].find((row) => row.tabIndex === 0) ?? null;
      }}
      items={
        target && (
          <ChatActionItems
            conversation={target}
            more={
              <MenuItem
                icon={UserRound}
                onSelect={() =>
                  app.navigation.openContacts({ kind: "person", userId: target.peer.id })
                }
              >
                {t("list.profile")}
              </MenuItem>
            }
          />
        )
      }
    >
      <div ref={area} className={styles.area} onContextMenuCapture={aim}>
        {children}
      </div>
    </ContextMenu>
  );
}
