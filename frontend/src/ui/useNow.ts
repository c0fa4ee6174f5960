import { useSyncExternalStore } from "react";

const minute = 60_000;

const subscribe = (listener: () => void) => {
  const timer = setInterval(listener, minute / 4);
  return () => clearInterval(timer);
};

/** The time in Unix milliseconds, to the minute: for words such as "5 minutes ago". */
export const useNow = (): number =>
  useSyncExternalStore(subscribe, () => Math.floor(Date.now() / minute) * minute);
