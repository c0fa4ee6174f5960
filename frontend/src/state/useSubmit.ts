import { useState } from "react";
import { BridgeError } from "../bridge/error";
import { useCountdown } from "./useCountdown";

/** A certificate that the user has to decide about before the call can succeed. */
export type Certificate = { server: string; fingerprint: string; changed: boolean };

export type Submit = {
  busy: boolean;
  /** Why the last attempt was refused, except for what `certificate` and `wait` say. */
  error: BridgeError | null;
  /** Seconds until another attempt is allowed. */
  wait: number;
  certificate: Certificate | null;
  /** Tries; true when it succeeded. `server` is where a certificate would come from. */
  run: (work: () => Promise<unknown>, server?: string) => Promise<boolean>;
  /** The user decided about the certificate: true tries the same again. */
  decided: (trusted: boolean) => void;
  clear: () => void;
};

type Attempt = { work: () => Promise<unknown>; server: string };

/** The state of a form whose submission is a call. */
export function useSubmit(): Submit {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<BridgeError | null>(null);
  const [until, setUntil] = useState(0);
  const [certificate, setCertificate] = useState<(Certificate & { attempt: Attempt }) | null>(null);
  const wait = useCountdown(until);

  const attempt = async (a: Attempt): Promise<boolean> => {
    setBusy(true);
    setError(null);
    try {
      await a.work();
      return true;
    } catch (cause) {
      const e = BridgeError.from(cause);
      const changed = e.code === "certificate_changed";
      if ((changed || e.code === "certificate_unknown") && e.fingerprint && a.server) {
        const { fingerprint } = e;
        setCertificate({ server: a.server, fingerprint, changed, attempt: a });
      } else {
        setError(e);
        if (e.code === "rate_limited" && e.retryAfterMs > 0) setUntil(Date.now() + e.retryAfterMs);
      }
      return false;
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    error: error?.code === "rate_limited" && until > 0 && wait === 0 ? null : error,
    wait,
    certificate,
    run: (work, server = "") => (busy ? Promise.resolve(false) : attempt({ work, server })),
    decided: (trusted) => {
      const again = certificate?.attempt;
      setCertificate(null);
      if (trusted && again) void attempt(again);
    },
    clear: () => setError(null),
  };
}
