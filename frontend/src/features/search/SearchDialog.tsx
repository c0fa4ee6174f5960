import { useRef } from "react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useSelect } from "../../state/store";
import { Palette } from "../../ui/Palette";
import { SearchEverything } from "./SearchEverything";

/** The search over everything, while it is asked for. */
export function SearchDialog() {
  const { navigation } = useApp();
  const { t } = useI18n();
  const open = useSelect(navigation, (n) => n.searching);
  const field = useRef<HTMLInputElement>(null);
  return (
    <Palette
      open={open}
      onOpenChange={(o) => navigation.setSearching(o)}
      title={t("search.title")}
      field={field}
    >
      <SearchEverything field={field} onDone={() => navigation.setSearching(false)} />
    </Palette>
  );
}
