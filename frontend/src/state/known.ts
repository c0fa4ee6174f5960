import type { AppState } from "./app";

/** Resolves once it is known which screen to show, or after `patienceMs` milliseconds. */
export function known(app: AppState, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stops.forEach((stop) => stop());
      resolve();
    };
    const look = () => {
      const { settings, error } = app.settings.getSnapshot();
      if (error || (settings && app.auth.getSnapshot().state)) done();
    };
    const timer = setTimeout(done, patienceMs);
    const stops = [app.settings.subscribe(look), app.auth.subscribe(look)];
    look();
  });
}
