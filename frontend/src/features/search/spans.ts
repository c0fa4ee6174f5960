import type { T } from "../../i18n";

/** How far back a search goes; "days" is between two days. */
export type Span = "any" | "7" | "30" | "365" | "days";

/** When what is looked for was said. The days are those of the span "days", if chosen. */
export type When = { span: Span; first?: Date | undefined; last?: Date | undefined };

export const anyTime: When = { span: "any" };

/** Where local days begin and end, in Unix milliseconds: not before one, before the other. 0 is no bound. */
export function boundsOf(when: When, now = new Date()): { fromMs: number; toMs: number } {
  const day = (d: Date, more: number) =>
    new Date(d.getFullYear(), d.getMonth(), d.getDate() + more).getTime();
  const { span, first, last } = when;
  if (span === "days") return { fromMs: first ? day(first, 0) : 0, toMs: last ? day(last, 1) : 0 };
  return { fromMs: span === "any" ? 0 : day(now, 1 - Number(span)), toMs: 0 };
}

/** The choices, in words. */
export const spans = (t: T): { value: Span; label: string }[] => [
  { value: "any", label: t("search.any_time") },
  { value: "7", label: t("search.days", { count: 7 }) },
  { value: "30", label: t("search.days", { count: 30 }) },
  { value: "365", label: t("search.year") },
  { value: "days", label: t("search.between") },
];
