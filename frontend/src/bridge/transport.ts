import type { BridgeEvent, Notice } from "./types";

export type NoticePermission = "granted" | "denied" | "default" | "unsupported";

/** What only the program around the page can do. */
export type Host = {
  kind: "desktop" | "browser";
  /** Opens a link outside the page. The bridge checked its scheme. */
  openLink: (url: string) => void;
  /** Takes what a job made, where the browser keeps its downloads. */
  download: (job: number) => void;
  /** Hands a backup to the host, where the page is what asks for the file. Rejects as a call does. */
  sendBackup: (file: File) => Promise<void>;
  /** Whether this host's own notices may show; "unsupported" where Go shows them. */
  noticePermission: () => NoticePermission;
  /** Asks for that permission; call it from a click only. */
  askNoticePermission: () => Promise<NoticePermission>;
  /** Shows a notice. Does nothing without permission. */
  showNotice: (notice: Notice, onClick: () => void) => void;
  /** Takes back the notices of messages that were read elsewhere or recalled. */
  closeNotices: (messageIds: readonly string[]) => void;
};

/**
 * The network boundary: how calls and events travel. The bridge above it adds
 * types, time-outs, errors and the order of events.
 */
export type Transport = {
  host: Host;
  /** Rejects with a bridge.Error or its JSON text. */
  invoke: (struct: string, method: string, args: unknown[]) => Promise<unknown>;
  /**
   * Hears events until the returned function is called. `since` names the last
   * event heard; `onOpen` is called whenever a new connection stands, because
   * events may have been missed before it; `onLost` when the program behind the
   * page does not answer any more.
   */
  listen: (
    since: () => number,
    onBatch: (events: BridgeEvent[]) => void,
    onOpen: () => void,
    onLost: () => void,
  ) => () => void;
};
