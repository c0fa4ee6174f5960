import type { CDPSession, Page } from "@playwright/test";

type TraceEvent = {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds of wall time, and of the thread's own processor time. */
  dur?: number;
  tdur?: number;
  args?: { name?: string; data?: { frames?: { url?: string; processId?: number }[] } };
};

/** How long something took, in milliseconds: on the clock, and of the processor. */
export type Task = { wall: number; cpu: number };

/** What the main thread of a page did while `work` ran, and how often it painted. */
export async function traced(page: Page, work: () => Promise<void>) {
  const cdp = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  cdp.on("Tracing.dataCollected", ({ value }) => {
    for (const e of value as unknown as TraceEvent[]) events.push(e);
  });
  await cdp.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: {
      includedCategories: [
        "toplevel",
        "devtools.timeline",
        "disabled-by-default-devtools.timeline",
      ],
      excludedCategories: ["*"],
    },
  });
  const frames = framesOf(page);
  await work();
  const gaps = await frames.stop();
  const complete = new Promise<void>((resolve) =>
    cdp.once("Tracing.tracingComplete", () => resolve()),
  );
  await cdp.send("Tracing.end");
  await complete;
  await cdp.detach();
  return { tasks: mainTasks(events, page.url()), gaps };
}

/** The tasks of the thread that runs the page's scripts. */
function mainTasks(events: TraceEvent[], url: string): Task[] {
  const started = events.filter((e) => e.name === "TracingStartedInBrowser").at(-1);
  const pid = started?.args?.data?.frames?.find((f) => f.url === url)?.processId;
  const main = events.find(
    (e) =>
      e.ph === "M" &&
      e.name === "thread_name" &&
      e.args?.name === "CrRendererMain" &&
      e.pid === pid,
  );
  if (!main) throw new Error(`the trace names no main thread of ${url}`);
  return events
    .filter((e) => e.pid === main.pid && e.tid === main.tid && e.ph === "X" && isTask(e.name))
    .map((e) => ({ wall: (e.dur ?? 0) / 1_000, cpu: (e.tdur ?? 0) / 1_000 }));
}

const isTask = (name: string) => name === "RunTask" || name === "ThreadControllerImpl::RunTask";

/** Notes the time between frames until it is stopped. */
function framesOf(page: Page) {
  const begun = page.evaluate(() => {
    const state = { gaps: [] as number[], last: 0, on: true };
    const frame = (at: number) => {
      if (state.last > 0) state.gaps.push(at - state.last);
      state.last = at;
      if (state.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    Object.assign(window, { frames: state });
  });
  return {
    stop: async () => {
      await begun;
      return page.evaluate(() => {
        const { frames } = window as unknown as { frames: { gaps: number[]; on: boolean } };
        frames.on = false;
        return frames.gaps;
      });
    },
  };
}

/** The memory of a page's scripts after a collection, and its elements. */
export async function heapOf(cdp: CDPSession) {
  await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const of = (name: string) => metrics.find((m) => m.name === name)?.value ?? 0;
  return { mib: of("JSHeapUsedSize") / 2 ** 20, nodes: of("Nodes") };
}
