import type { T } from "../../i18n";

/** How far back a search goes. */
export type Span = "any" | "7" | "30" | "365";

/** The first moment of a span, in Unix milliseconds: where a local day begins. 0 is no bound. */
export function spanOf(span: Span, now = new Date()): number {
  if (span === "any") return 0;
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - Number(span) + 1).getTime();
}

/** The choices, in words. */
export const spans = (t: T): { value: Span; label: string }[] => [
  { value: "any", label: t("search.any_time") },
  { value: "7", label: t("search.days", { count: 7 }) },
  { value: "30", label: t("search.days", { count: 30 }) },
  { value: "365", label: t("search.year") },
];
