// The browser host: calls by POST, events by WebSocket, both relative to the
// page, whose address carries the run's token.
import { BridgeError } from "./error";
import type { NoticePermission, Transport } from "./transport";
import type { BridgeEvent } from "./types";

/** Pauses between attempts to reach the host again, in milliseconds. */
const pauses = [250, 500, 1_000, 2_000, 5_000];

/** Attempts that fail before the program counts as ended: a restart of it takes less. */
const lostAfter = 2;

export function browserTransport(base = document.baseURI): Transport {
  const notices = new Map<string, Notification>(); // Those on the screen, by message.
  return {
    host: {
      kind: "browser",
      openLink: (url) => void window.open(url, "_blank", "noopener,noreferrer"),
      download(job) {
        const link = document.createElement("a");
        link.href = new URL(`./file/${job}`, base).href;
        link.download = "";
        link.click();
      },
      async sendBackup(file) {
        const url = new URL("./backup", base);
        url.searchParams.set("name", file.name);
        const answer = await reach(url, { method: "POST", body: file });
        if (!answer.ok) throw BridgeError.from(await answer.text());
      },
      noticePermission: permission,
      askNoticePermission: async () =>
        "Notification" in window ? await Notification.requestPermission() : "unsupported",
      showNotice(notice, onClick) {
        if (permission() !== "granted") return;
        // The tag makes a conversation's newer notice replace its older one.
        const shown = new Notification(notice.title, {
          body: notice.body,
          tag: notice.conversation_id,
          silent: true,
        });
        notices.set(notice.message_id, shown);
        shown.onclose = () => notices.delete(notice.message_id);
        shown.onclick = () => {
          window.focus();
          shown.close();
          onClick();
        };
      },
      closeNotices(ids) {
        for (const id of ids) notices.get(id)?.close();
      },
    },
    async invoke(struct, method, args) {
      const answer = await reach(new URL(`./call/${struct}/${method}`, base), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(args),
      });
      const text = await answer.text();
      if (!answer.ok) throw BridgeError.from(text);
      return text === "" ? undefined : (JSON.parse(text) as unknown);
    },
    listen(since, onBatch, onOpen, onLost) {
      let socket: WebSocket | undefined;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let tries = 0;
      let stopped = false;
      const connect = () => {
        const url = new URL(`./events?since=${since()}`, base);
        url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
        socket = new WebSocket(url);
        socket.onopen = () => {
          tries = 0;
          onOpen();
        };
        socket.onmessage = (m: MessageEvent<string>) => onBatch(batch(m.data));
        socket.onclose = () => {
          if (stopped) return;
          if (tries === lostAfter) onLost();
          timer = setTimeout(connect, pauses[Math.min(tries++, pauses.length - 1)]);
        };
      };
      connect();
      return () => {
        stopped = true;
        clearTimeout(timer);
        socket?.close();
      };
    },
  };
}

/** Asks the host; rejects with "gone" where nobody answers. */
async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch {
    throw new BridgeError("gone", "the program behind the page does not answer");
  }
}

function permission(): NoticePermission {
  return "Notification" in window ? Notification.permission : "unsupported";
}

/** One message of the socket: a batch, or a single event. */
function batch(data: string): BridgeEvent[] {
  const got = JSON.parse(data) as BridgeEvent | BridgeEvent[];
  return Array.isArray(got) ? got : [got];
}
