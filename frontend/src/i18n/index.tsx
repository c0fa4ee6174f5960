// The page's words. en defines the keys, zh must have them all; components ask
// useI18n for t and for dates.
import { createContext, useContext, useEffect, useMemo } from "react";
import type { ReactNode } from "react";
import { en } from "./en";
import type { Key, Keys } from "./en";
import { Formats } from "./format";
import type { Locale } from "./locale";
import { fill, pluralRules } from "./translate";
import type { Arguments } from "./translate";
import { zh } from "./zh";

export type { Key } from "./en";
export type { Locale } from "./locale";

export type T = <K extends Key>(key: K, ...args: Arguments<Keys[K]>) => string;

export type I18n = { locale: Locale; t: T; formats: Formats };

/** The words and dates of one locale. */
export function makeI18n(locale: Locale, now?: () => number): I18n {
  const sentences = locale === "en" ? en : zh;
  const plural = pluralRules(locale);
  return {
    locale,
    formats: new Formats(locale, now),
    t: (key, ...args) => fill(sentences[key], plural, args[0] ?? {}),
  };
}

const Context = createContext<I18n | null>(null);

type I18nProviderProps = { locale: Locale; children: ReactNode };

/** Gives everything below it the words of a locale, and tells the document. */
export function I18nProvider({ locale, children }: I18nProviderProps) {
  const i18n = useMemo(() => makeI18n(locale), [locale]);
  // The document is outside React: fonts, hyphenation and screen readers use its lang.
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  return <Context.Provider value={i18n}>{children}</Context.Provider>;
}

/** The words and dates of the chosen language. */
export function useI18n(): I18n {
  const i18n = useContext(Context);
  if (!i18n) throw new Error("useI18n outside of an I18nProvider");
  return i18n;
}
