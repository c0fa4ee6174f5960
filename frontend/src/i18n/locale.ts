export type Locale = "zh-CN" | "en";

/** The locale for a chosen language, or for the system's where none is chosen. */
export function matchLocale(chosen: string, system: string): Locale {
  return (chosen || system).toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}
