import type { T } from "../../i18n";
import type { SearchSnapshot } from "../../state/search";

/** What is to be said of the search on the server; "" where all was found. */
export function serverNote(t: T, { server }: SearchSnapshot): string {
  switch (server.state) {
    case "asking":
      return t("search.server_asking");
    case "offline":
      return t("search.server_offline");
    case "failed":
      return t("search.server_failed");
    case "off":
      return t("search.server_off");
    case "complete":
    case "found":
    case null:
      return "";
    default:
      return server.state satisfies never;
  }
}
