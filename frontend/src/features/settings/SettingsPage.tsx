import type { ReactNode } from "react";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { PageBody } from "../../ui/PageBody";
import type { PageTitle } from "./pages";

type SettingsPageProps = {
  title: PageTitle;
  /** There is nothing to press on it. */
  reading?: boolean;
  children: ReactNode;
};

/** The frame of one page of the settings. */
export function SettingsPage({ title, reading, children }: SettingsPageProps) {
  const { navigation } = useApp();
  const { t } = useI18n();
  return (
    <PageBody
      reading={reading}
      title={t(title)}
      back={{ label: t("common.back"), onClick: () => navigation.back() }}
    >
      {children}
    </PageBody>
  );
}
