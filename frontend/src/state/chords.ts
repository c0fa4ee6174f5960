// What keys do: the actions that have some, the keys that are usual for them,
// and which keys may be chosen.

/** What can be done by a key of the user's choice. */
export type Action =
  | "search"
  | "find"
  | "starred"
  | "settings"
  | "next_unread"
  | "previous_chat"
  | "next_chat"
  | "previous_filter"
  | "next_filter"
  | "next_pane"
  | "previous_pane"
  | "send_silently"
  | "send_later";

/** The usual keys. Mod is Ctrl, or Command on a Mac. */
export const usual: Readonly<Record<Action, string>> = {
  search: "Mod+K",
  find: "Mod+F",
  starred: "Mod+Shift+S",
  settings: "Mod+,",
  next_unread: "Mod+J",
  previous_chat: "Alt+ArrowUp",
  next_chat: "Alt+ArrowDown",
  previous_filter: "Alt+Shift+ArrowUp",
  next_filter: "Alt+Shift+ArrowDown",
  next_pane: "F6",
  previous_pane: "Shift+F6",
  send_silently: "Alt+Enter",
  send_later: "Alt+Shift+Enter",
};

export const actions = Object.keys(usual).filter((name): name is Action => name in usual);

/** Where the page runs, which decides what keys it never gets. */
export type Place = "mac" | "pc" | "web";

type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey"> & {
  code?: string;
};

const modifiers = ["Control", "Shift", "Alt", "AltGraph", "Meta", "OS", "CapsLock", "Fn"];

/** Keys whose character depends on Shift, Alt or the layout, by their place. */
const byPlace: Readonly<Record<string, string | undefined>> = {
  Comma: ",",
  Period: ".",
  Slash: "/",
  Semicolon: ";",
  Quote: "'",
  BracketLeft: "[",
  BracketRight: "]",
  Backslash: "\\",
  Minus: "-",
  Equal: "=",
  Backquote: "`",
  Space: "Space",
};

/** The keys that are pressed, such as Mod+Shift+K; null while there are only modifiers. */
export function chordOf(e: Press): string | null {
  if (modifiers.includes(e.key) || e.key === "Dead" || e.key === "Unidentified") return null;
  const parts = [
    (e.ctrlKey || e.metaKey) && "Mod",
    e.altKey && "Alt",
    e.shiftKey && "Shift",
    keyOf(e),
  ];
  return parts.filter(Boolean).join("+");
}

function keyOf({ key, code = "" }: Press): string {
  if (/^[a-z0-9]$/i.test(key)) return key.toUpperCase();
  const place = /^(?:Key|Digit)([A-Z0-9])$/.exec(code)?.[1] ?? byPlace[code];
  if (key.length === 1 || key === "Process") return place ?? (key === "+" ? "Plus" : key);
  return key;
}

/** Why keys cannot be chosen. */
export type Refusal = "bare" | "system" | "browser" | "editing" | "fixed";

const system: Readonly<Record<Place, readonly string[]>> = {
  mac: ["Mod+Q", "Mod+W", "Mod+H", "Mod+M", "Mod+Tab", "Mod+Space", "Mod+Alt+Escape"],
  pc: [
    "Alt+F4",
    "Alt+Tab",
    "Alt+Shift+Tab",
    "Alt+Space",
    "Alt+Escape",
    "Mod+Alt+Delete",
    "Mod+Escape",
  ],
  web: ["Alt+F4", "Alt+Tab", "Alt+Shift+Tab", "Alt+Space", "Mod+Alt+Delete", "Mod+Escape", "Mod+Q"],
};

/** What browsers keep, or would do besides. */
const browser = [
  ..."NTWR".split("").flatMap((k) => [`Mod+${k}`, `Mod+Shift+${k}`]),
  ..."LDHPSOU".split("").map((k) => `Mod+${k}`),
  ..."IJC".split("").map((k) => `Mod+Shift+${k}`),
  ...["Mod+Tab", "Mod+Shift+Tab", "Mod+PageUp", "Mod+PageDown", "Alt+ArrowLeft", "Alt+ArrowRight"],
  ...["Alt+Home", "F1", "F3", "F5", "F11", "F12", "Mod+F5", "Mod+=", "Mod+-", "Mod+0", "Mod+F4"],
];

/** What every field of text does with keys. */
const editing = [
  ..."ACVXYZBIE".split("").map((k) => `Mod+${k}`),
  ...["Mod+Shift+Z", "Mod+Shift+V", "Mod+Shift+X", "Mod+Backspace", "Mod+Delete"],
  ...["Home", "End", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].flatMap((k) => [
    `Mod+${k}`,
    `Mod+Shift+${k}`,
  ]),
];

/** Whether keys may be chosen where the page runs; null if they may. */
export function refusalOf(chord: string, place: Place): Refusal | null {
  if (system[place].includes(chord)) return "system";
  if (place === "web" && browser.includes(chord)) return "browser";
  if (editing.includes(chord)) return "editing";
  if (/^Mod\+[1-9]$/.test(chord) || chord === "Mod+Enter") return "fixed";
  const key = chord.split("+").at(-1) ?? "";
  const leads = chord.startsWith("Mod+") || chord.startsWith("Alt+");
  return leads || /^F([1-9]|1[0-2])$/.test(key) ? null : "bare";
}

const signs: Readonly<Record<string, string | undefined>> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Delete: "Del",
};

/** Keys as they are shown, still joined by "+". */
export const shownKeys = (chord: string, mac: boolean): string =>
  chord
    .split("+")
    .map((k) => (k === "Mod" ? (mac ? "⌘" : "Ctrl") : (signs[k] ?? k)))
    .join("+");
