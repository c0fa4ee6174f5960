import type { Quote } from "../../bridge/types";
import type { T } from "../../i18n";

/** The first lines of what is quoted, as it is now. */
export function quoteWords(t: T, quote: Pick<Quote, "here" | "kind" | "text">): string {
  if (!quote.here) return t("quote.not_here");
  if (quote.kind === "deleted") return t("quote.deleted");
  if (quote.kind === "recall") return t("quote.recalled");
  return quote.text || t("message.unknown_empty");
}
