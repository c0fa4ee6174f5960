import { CircleAlert, SearchX } from "lucide-react";
import type { ReactNode } from "react";
import type { BridgeError } from "../../bridge/error";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { EmptyState } from "../../ui/EmptyState";

type FoundNothingProps = {
  /** What was searched for; "" where only filters were set. */
  query: string;
  error: BridgeError | null;
  /** Whether something was asked for at all. */
  asked: boolean;
  /** Why there may be more than was found; "" means that there is not. */
  hint?: string;
  /** Stands there until something is asked for. */
  start: ReactNode;
};

/** What a search without a hit says. */
export function FoundNothing({ query, error, asked, hint, start }: FoundNothingProps) {
  const { t } = useI18n();
  if (error) {
    return (
      <EmptyState
        icon={CircleAlert}
        tone="bad"
        title={t("search.failed")}
        text={errorText(t, error)}
      />
    );
  }
  if (!asked) return start;
  return (
    <EmptyState
      icon={SearchX}
      title={query === "" ? t("search.none_plain") : t("search.none_title", { query })}
      text={hint || t("search.none_text")}
    />
  );
}
