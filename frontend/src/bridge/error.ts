/** Codes that arise in the page itself, beside those of bridge.Error in Go. */
export type PageCode = "timeout" | "gone";

/** Why a call was refused. `code` is stable; i18n turns it into a sentence. */
export class BridgeError extends Error {
  override name = "BridgeError";

  constructor(
    readonly code: string,
    message = "",
    /** The field that broke a rule, with code "invalid". */
    readonly field = "",
    /** The certificate's SHA-256, with code "certificate_unknown". */
    readonly fingerprint = "",
    /** Milliseconds to wait before trying again; 0 means not known. */
    readonly retryAfterMs = 0,
  ) {
    super(message || code);
  }

  /** Whatever a transport rejected with, as a BridgeError. */
  static from = (cause: unknown): BridgeError => {
    if (cause instanceof BridgeError) return cause;
    const e = parse(cause);
    if (!e)
      return new BridgeError("internal", cause instanceof Error ? cause.message : String(cause));
    return new BridgeError(e.code, e.message, e.field, e.fingerprint, e.retry_after_ms);
  };
}

type Crossed = {
  code: string;
  message?: string;
  field?: string;
  fingerprint?: string;
  retry_after_ms?: number;
};

/** The bridge.Error in what was thrown: an object, or its JSON text under Wails. */
function parse(cause: unknown): Crossed | null {
  if (typeof cause === "string") {
    try {
      return parse(JSON.parse(cause));
    } catch {
      return null;
    }
  }
  if (typeof cause !== "object" || cause === null) return null;
  const e = cause as Partial<Crossed>;
  return typeof e.code === "string" ? (e as Crossed) : null;
}
