import { BridgeError } from "../../bridge/error";
import { useI18n } from "../../i18n";
import type { Key } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { actions, usual } from "../../state/chords";
import type { Action, Place } from "../../state/chords";
import { useSelect, useStore } from "../../state/store";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { CardRow } from "../../ui/CardRow";
import { Kbd } from "../../ui/Kbd";
import { useToast } from "../../ui/Toast";
import { SettingsPage } from "./SettingsPage";
import { ScopeLine } from "./ScopeLine";
import { ShortcutRow } from "./ShortcutRow";
import { useSettings } from "./useSettings";

/** Names of keys, which say nothing of a certain one. */
type KeysKey = Exclude<
  Extract<Key, `keys.${string}`>,
  "keys.change" | "keys.awaiting_label" | "keys.held" | "keys.reset"
>;
/** What a key does; Mod stands for Ctrl, or Command on a Mac. The first ones can be changed. */
type Group = {
  title: KeysKey;
  own?: readonly Action[];
  rows: readonly { does: KeysKey; keys: string }[];
};

const groups = (send: string, line: string): readonly Group[] => [
  {
    title: "keys.everywhere",
    own: [
      "search",
      "find",
      "starred",
      "settings",
      "next_unread",
      "previous_chat",
      "next_chat",
      "previous_filter",
      "next_filter",
      "next_pane",
      "previous_pane",
    ],
    rows: [{ does: "keys.nth", keys: "Mod+1…9" }],
  },
  {
    title: "keys.writing",
    own: ["send_silently", "send_later"],
    rows: [
      { does: "keys.send", keys: send },
      { does: "keys.line", keys: line },
      { does: "keys.edit_last", keys: "↑" },
      { does: "keys.leave", keys: "Esc" },
    ],
  },
  {
    title: "keys.chat",
    rows: [
      { does: "keys.pin_chat", keys: "P" },
      { does: "keys.unread_chat", keys: "U" },
      { does: "keys.mute_chat", keys: "M" },
      { does: "keys.hide_chat", keys: "H" },
      { does: "keys.archive_chat", keys: "E" },
      { does: "keys.folders_chat", keys: "F" },
    ],
  },
  {
    title: "keys.message",
    rows: [
      { does: "keys.move", keys: "↑↓" },
      { does: "keys.newest", keys: "End" },
      { does: "keys.menu", keys: "Enter" },
      { does: "keys.reply", keys: "R" },
      { does: "keys.react", keys: "A" },
      { does: "keys.open", keys: "O" },
      { does: "keys.star", keys: "S" },
      { does: "keys.copy", keys: "Mod+C" },
      { does: "keys.edit", keys: "E" },
      { does: "keys.forward", keys: "F" },
      { does: "keys.merge", keys: "Shift+F" },
      { does: "keys.delete", keys: "D" },
      { does: "keys.recall", keys: "Delete" },
    ],
  },
  {
    title: "keys.selecting",
    rows: [
      { does: "keys.select", keys: "X" },
      { does: "keys.toggle", keys: "Space" },
      { does: "keys.range", keys: "Shift+↑↓" },
      { does: "keys.all", keys: "Mod+A" },
      { does: "keys.end", keys: "Esc" },
    ],
  },
];

/** Every key there is, by where it works; those that can be changed first. */
export function ShortcutsPage() {
  const app = useApp();
  const { t } = useI18n();
  const toast = useToast();
  const [settings] = useSettings();
  const keys = useStore(app.shortcuts);
  const mac = useSelect(app.settings, (s) => s.about?.platform === "macos");
  const mod = mac ? "⌘" : "Ctrl";
  const place: Place = app.bridge.host.kind === "browser" ? "web" : mac ? "mac" : "pc";
  const send = settings.ctrl_enter ? "Mod+Enter" : "Enter";
  const line = settings.ctrl_enter ? "Enter" : "Shift+Enter";
  const reset = () => {
    app.shortcuts.reset().then(
      () => toast({ text: t("keys.reset_done") }),
      (cause: unknown) => toast({ tone: "error", text: errorText(t, BridgeError.from(cause)) }),
    );
  };
  return (
    <SettingsPage title="settings.shortcuts">
      {groups(send, line).map((group) => (
        <Card
          key={group.title}
          title={t(group.title)}
          note={group.own && <ScopeLine follows text={t(`keys.scope_${place}`)} />}
        >
          {group.own?.map((action) => (
            <ShortcutRow key={action} action={action} place={place} mac={mac} />
          ))}
          {group.rows.map((row) => (
            <CardRow key={row.does} title={t(row.does)}>
              <Kbd keys={row.keys.replace("Mod", mod)} />
            </CardRow>
          ))}
        </Card>
      ))}
      <div>
        <Button
          variant="outline"
          disabled={actions.every((a) => keys[a] === usual[a])}
          onClick={reset}
        >
          {t("keys.reset_all")}
        </Button>
      </div>
    </SettingsPage>
  );
}
