import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { useSelect } from "../../state/store";
import { useNow } from "../../ui/useNow";

/** Whether somebody is there, and when they last were; null where that is not known. */
export function usePresence(userId: string): { online: boolean; seen: string | null } {
  const app = useApp();
  const { formats } = useI18n();
  const known = useSelect(app.presence, (s) => s.get(userId));
  const connected = useSelect(app.connection, (c) => c.state === "online" || c.state === "syncing");
  useNow(); // "5 minutes ago" grows old.
  const last = known?.last_seen_ms ?? 0;
  if (!connected || !known) return { online: false, seen: null };
  return { online: known.online, seen: last > 0 ? formats.ago(last) : null };
}
