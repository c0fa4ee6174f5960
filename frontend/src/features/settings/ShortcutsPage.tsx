import { useI18n } from "../../i18n";
import type { Key } from "../../i18n";
import { useSelect } from "../../state/store";
import { useApp } from "../../state/app";
import { Card } from "../../ui/Card";
import { CardRow } from "../../ui/CardRow";
import { Kbd } from "../../ui/Kbd";
import { SettingsPage } from "./SettingsPage";
import { useSettings } from "./useSettings";

type KeysKey = Extract<Key, `keys.${string}`>;
/** What a key does; Mod stands for Ctrl, or Command on a Mac. */
type Group = { title: KeysKey; rows: readonly { does: KeysKey; keys: string }[] };

const groups = (send: string, line: string): readonly Group[] => [
  {
    title: "keys.everywhere",
    rows: [
      { does: "keys.search", keys: "Mod+K" },
      { does: "keys.find", keys: "Mod+F" },
      { does: "keys.starred", keys: "Mod+Shift+S" },
      { does: "keys.settings", keys: "Mod+," },
      { does: "keys.next_unread", keys: "Mod+J" },
      { does: "keys.nth", keys: "Mod+1…9" },
      { does: "keys.neighbour", keys: "Alt+↑↓" },
      { does: "keys.filter", keys: "Alt+Shift+↑↓" },
      { does: "keys.region", keys: "F6" },
    ],
  },
  {
    title: "keys.writing",
    rows: [
      { does: "keys.send", keys: send },
      { does: "keys.line", keys: line },
      { does: "keys.silent", keys: "Alt+Enter" },
      { does: "keys.later", keys: "Alt+Shift+Enter" },
      { does: "keys.edit_last", keys: "↑" },
      { does: "keys.leave", keys: "Esc" },
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

/** Every key there is, by where it works. */
export function ShortcutsPage() {
  const app = useApp();
  const { t } = useI18n();
  const [settings] = useSettings();
  const mac = useSelect(app.settings, (s) => s.about?.platform === "macos");
  const mod = mac ? "⌘" : "Ctrl";
  const send = settings.ctrl_enter ? "Mod+Enter" : "Enter";
  const line = settings.ctrl_enter ? "Enter" : "Shift+Enter";
  return (
    <SettingsPage title="settings.shortcuts" reading>
      {groups(send, line).map((group) => (
        <Card key={group.title} title={t(group.title)}>
          {group.rows.map((row) => (
            <CardRow key={row.does} title={t(row.does)}>
              <Kbd keys={row.keys.replace("Mod", mod)} />
            </CardRow>
          ))}
        </Card>
      ))}
    </SettingsPage>
  );
}
