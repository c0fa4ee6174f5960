import type { Folder } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { fitsFolder, sameName, widest } from "./folderName";

/**
 * Says what is wrong with a name for a folder among the others, in the user's
 * words; undefined for nothing. Two chips of one name could not be told apart.
 */
export function useNameFault() {
  const { t } = useI18n();
  return (name: string, others: readonly Folder[]): string | undefined => {
    if (!fitsFolder(name)) return t("folders.too_wide", { count: widest });
    const filters = [
      t("list.all"),
      t("list.unread"),
      t("list.mentions"),
      t("list.groups"),
      t("list.archived"),
    ];
    const filter = filters.find((f) => sameName(f, name));
    if (filter !== undefined) return t("folders.is_filter", { name: filter });
    const other = others.find((f) => sameName(f.name, name));
    return other && t("folders.taken", { name: other.name });
  };
}
