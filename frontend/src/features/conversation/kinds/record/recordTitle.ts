import type { T } from "../../../../i18n";

/** What a record is called: by whose conversation it is from. */
export function recordTitle(t: T, names: readonly string[]): string {
  const [first = "", second, third] = names;
  if (second === undefined) return t("record.title_one", { name: first });
  if (third === undefined) return t("record.title_two", { first, second });
  return t("record.title_more", { first, second, count: names.length });
}
