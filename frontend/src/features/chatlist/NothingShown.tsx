import { Archive, AtSign, FolderOpen, MailCheck } from "lucide-react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import type { Filter } from "../../state/navigation";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";

/** Stands for the list where a filter leaves nothing of it. */
export function NothingShown({ filter }: { filter: Filter }) {
  const { navigation } = useApp();
  const { t } = useI18n();
  const all = (
    <Button variant="outline" onClick={() => navigation.setFilter("all")}>
      {t("list.show_all")}
    </Button>
  );
  switch (filter) {
    case "all":
      return (
        <EmptyState
          icon={Archive}
          title={t("list.all_away_title")}
          text={t("list.all_away_text")}
        />
      );
    case "unread":
      return (
        <EmptyState
          icon={MailCheck}
          title={t("list.all_read_title")}
          text={t("list.all_read_text")}
          actions={all}
        />
      );
    case "mentions":
      return (
        <EmptyState
          icon={AtSign}
          title={t("list.no_mentions_title")}
          text={t("list.no_mentions_text")}
          actions={all}
        />
      );
    default:
      return (
        <EmptyState
          icon={FolderOpen}
          title={t("folders.empty_title")}
          text={t("folders.empty_text")}
          actions={all}
        />
      );
  }
}
