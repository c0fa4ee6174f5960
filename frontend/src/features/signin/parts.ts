import type { ComponentType } from "react";
import type { Certificate } from "../../state/useSubmit";

/** Dialogs that the sign-in window shares with the settings; the app brings them. */
export type Parts = {
  ServerDialog: ComponentType<{
    open: boolean;
    onOpenChange: (open: boolean) => void;
    server: string;
    onSave: (server: string) => void;
  }>;
  CertificateDialog: ComponentType<{
    certificate: Certificate | null;
    onDecided: (trusted: boolean) => void;
  }>;
  RestoreDialog: ComponentType<{ onClose: () => void; onRestored: (accountId: string) => void }>;
};

/** Codes that are about the server or the way to it, not about who signs in. */
export const aboutServer = new Set([
  "unreachable",
  "not_mychat",
  "certificate_unknown",
  "certificate_expired",
  "certificate_changed",
  "version",
  "proxy",
  "offline",
  "timeout",
  "unavailable",
]);
