import { useMemo } from "react";
import { useI18n } from "../../i18n";
import { byPinyin } from "../../i18n/pinyin";
import { useApp } from "../../state/app";
import { nameOf } from "../../state/contacts";
import { useSelect, useStore } from "../../state/store";

/** Whose messages may be looked for: anyone's, one's own, a friend's. */
export function useSenders(): { value: string; label: string }[] {
  const { auth, contacts } = useApp();
  const { t } = useI18n();
  const all = useSelect(contacts, (s) => s.contacts);
  useStore(auth);
  const me = auth.account?.user_id ?? "";
  return useMemo(
    () => [
      { value: "", label: t("search.anyone") },
      { value: me, label: t("search.me") },
      ...(all ?? [])
        .map((c) => ({ value: c.profile.id, label: nameOf(c) }))
        .sort((a, b) => byPinyin.compare(a.label, b.label)),
    ],
    [all, me, t],
  );
}
