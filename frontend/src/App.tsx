import { PowerOff, ServerCrash } from "lucide-react";
import styles from "./App.module.css";
import type { BridgeError } from "./bridge/error";
import { CertificateDialog } from "./features/network/CertificateDialog";
import { ServerDialog } from "./features/network/ServerDialog";
import { RestoreDialog } from "./features/settings/RestoreDialog";
import { SignIn } from "./features/signin/SignIn";
import { I18nProvider, useI18n } from "./i18n";
import { errorText } from "./i18n/errors";
import { Shell } from "./shell/Shell";
import { ShellSkeleton } from "./shell/ShellSkeleton";
import { useAppearance } from "./shell/useAppearance";
import { useFocusReport } from "./shell/useFocusReport";
import { useHealed } from "./shell/useHealed";
import { useJobs } from "./shell/useJobs";
import { useNotices } from "./shell/useNotices";
import { useShortcuts } from "./shell/useShortcuts";
import { useFailedSchedules } from "./shell/useFailedSchedules";
import { useTitle } from "./shell/useTitle";
import { AppProvider, useApp } from "./state/app";
import type { AppState } from "./state/app";
import { useStore } from "./state/store";
import { Button } from "./ui/Button";
import { EmptyState } from "./ui/EmptyState";
import { UiProvider } from "./ui/UiProvider";

type AppProps = { app: AppState };

/** The page: everything under one state. */
export function App({ app }: AppProps) {
  return (
    <AppProvider value={app}>
      <Localised />
    </AppProvider>
  );
}

function Localised() {
  const locale = useAppearance();
  return (
    <I18nProvider locale={locale}>
      <Providers />
    </I18nProvider>
  );
}

function Providers() {
  const { t } = useI18n();
  return (
    <UiProvider closeLabel={t("common.close")}>
      <Window />
    </UiProvider>
  );
}

/** Chooses the screen. */
function Window() {
  const app = useApp();
  const { t } = useI18n();
  const { state } = useStore(app.auth);
  const { settings, error } = useStore(app.settings);
  const host = useStore(app.host);
  useFocusReport();
  useHealed();
  useJobs();
  useNotices();
  useFailedSchedules();
  useShortcuts();
  useTitle();

  if (host === "gone") return <Ended />;
  if (!state || !settings) {
    return error ? <StartFailed error={error} text={t("start.failed")} /> : <ShellSkeleton />;
  }
  return state.phase === "open" ? (
    <Shell key={state.account.id} />
  ) : (
    <SignIn parts={{ ServerDialog, CertificateDialog, RestoreDialog }} />
  );
}

function StartFailed({ error, text }: { error: BridgeError; text: string }) {
  const { t } = useI18n();
  return (
    <main className={styles.ended}>
      <EmptyState
        icon={ServerCrash}
        tone="bad"
        title={text}
        text={errorText(t, error)}
        actions={<Button onClick={() => window.location.reload()}>{t("common.retry")}</Button>}
      />
    </main>
  );
}

/** Nothing on the page works without the program behind it, so nothing is shown. */
function Ended() {
  const { t } = useI18n();
  return (
    <main className={styles.ended}>
      <EmptyState icon={PowerOff} title={t("ended.title")} text={t("ended.text")} />
    </main>
  );
}
