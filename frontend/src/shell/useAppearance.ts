import { useLayoutEffect } from "react";
import { matchLocale } from "../i18n/locale";
import type { Locale } from "../i18n/locale";
import { useApp } from "../state/app";
import { applyAppearance } from "../state/appearance";
import { useStore } from "../state/store";

/** Keeps <html> in the chosen look, and says which language to speak. */
export function useAppearance(): Locale {
  const { settings, about } = useStore(useApp().settings);
  const locale = matchLocale(settings?.language ?? "", about?.locale ?? navigator.language);
  // The document is outside React; before the paint, so that nothing flashes.
  useLayoutEffect(() => {
    if (settings) applyAppearance(settings, locale);
  }, [settings, locale]);
  return locale;
}
