import type { Message } from "../../../../bridge/types";
import type { T } from "../../../../i18n";
import { cutAt } from "../../excerpt";

/** As much of a message as its line shows. */
const mostChars = 32;

/** Who pinned what, in words. */
export function pinWords(t: T, { mine, quote }: Message, name: string): string {
  if (!quote?.here || quote.kind === "recall" || quote.text === "") {
    return mine ? t("pin.line_mine") : t("pin.line_theirs", { name });
  }
  const text = quote.text.length > mostChars ? `${cutAt(quote.text, mostChars)}…` : quote.text;
  return mine ? t("pin.line_mine_text", { text }) : t("pin.line_theirs_text", { name, text });
}
