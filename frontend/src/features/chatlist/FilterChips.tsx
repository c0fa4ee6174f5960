import { FolderCog } from "lucide-react";
import type { Folder } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import type { Filter } from "../../state/navigation";
import { Chips } from "../../ui/Chips";
import { IconButton } from "../../ui/IconButton";
import styles from "./FilterChips.module.css";
import { folderFilter } from "./filter";

type FilterChipsProps = {
  filter: Filter;
  filters: readonly Filter[];
  folders: readonly Folder[];
  unread: ReadonlyMap<Filter, number>;
};

/** What of the list is shown: the filters, the user's own folders, and a way to these. */
export function FilterChips({ filter, filters, folders, unread }: FilterChipsProps) {
  const app = useApp();
  const { t } = useI18n();
  const label = (f: Filter) => {
    switch (f) {
      case "all":
        return t("list.all");
      case "unread":
        return t("list.unread");
      case "mentions":
        return t("list.mentions");
      case "groups":
        return t("list.groups");
      case "archived":
        return t("list.archived");
      default:
        return folders.find((folder) => folderFilter(folder.id) === f)?.name ?? "";
    }
  };
  return (
    <div className={styles.filters}>
      <Chips
        label={t("list.filters")}
        value={filter}
        options={filters.map((f) => ({
          value: f,
          label: label(f),
          count: unread.get(f),
        }))}
        onChange={(f) => app.navigation.setFilter(f)}
      />
      <IconButton
        icon={FolderCog}
        size="sm"
        label={t("folders.manage")}
        onClick={() => app.folders.open()}
      />
    </div>
  );
}
