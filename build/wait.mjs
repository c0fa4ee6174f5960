// Waits for what a shell script cannot see without tools that a bare machine
// may lack. `free HOST:PORT` succeeds if nothing listens there. `ready URL PID`
// succeeds once URL answers 200, and fails when the process is gone or 30 s
// have passed.
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const [what, where, pid] = process.argv.slice(2);

/** Listens on an address for a moment; resolves to the port, or 0 if that fails. */
function listen(host, port) {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once("error", () => resolve(0));
    probe.listen(port, host, () => {
      const found = probe.address().port;
      probe.close(() => resolve(found));
    });
  });
}

function free(address) {
  const colon = address.lastIndexOf(":");
  return listen(address.slice(0, colon).replace(/^\[|\]$/g, ""), Number(address.slice(colon + 1)));
}

function alive(id) {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

async function ready(url, id) {
  for (const end = Date.now() + 30_000; Date.now() < end && alive(id); await delay(50)) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      if (answer.ok) return true;
    } catch {
      // Not listening yet.
    }
  }
  return false;
}

switch (what) {
  case "port":
    console.log(await listen("127.0.0.1", 0));
    break;
  case "free":
    process.exit((await free(where)) ? 0 : 1);
    break;
  case "ready":
    process.exit((await ready(where, Number(pid))) ? 0 : 1);
}
