import type { Settings } from "../bridge/types";

/** What theme.js reads before the first paint of the next start. */
type Kept = { theme: string; accent: string; density: string; lang: string };

/**
 * Puts the chosen look on <html>, where tokens.css reads it, and keeps a copy
 * for the next start. With no theme chosen, tokens.css follows the system.
 */
export function applyAppearance(settings: Settings, lang: string) {
  const root = document.documentElement;
  const kept: Kept = {
    theme: settings.theme,
    accent: settings.accent,
    density: settings.compact ? "compact" : "",
    lang,
  };
  if ((root.dataset.theme ?? "") !== kept.theme) suspendTransitions(root);
  put(root, "theme", kept.theme);
  put(root, "accent", kept.accent);
  put(root, "density", kept.density);
  // 14 px is the tokens' own default, which narrow windows raise to 16.
  if (settings.message_size > 0 && settings.message_size !== 14) {
    root.style.setProperty("--msg-size", `${settings.message_size}px`);
  } else root.style.removeProperty("--msg-size");
  try {
    localStorage.setItem("appearance", JSON.stringify(kept));
  } catch {
    // Storage is denied: the next start shows the system's theme for a moment.
  }
}

function put(root: HTMLElement, name: "theme" | "accent" | "density", value: string) {
  if (value) root.dataset[name] = value;
  else Reflect.deleteProperty(root.dataset, name);
}

/** For two frames, so that colours change at once and not each at its own pace. */
function suspendTransitions(root: HTMLElement) {
  root.dataset.switching = "";
  requestAnimationFrame(() =>
    requestAnimationFrame(() => Reflect.deleteProperty(root.dataset, "switching")),
  );
}
