import { useEffect, useState } from "react";

/** Whole seconds until a time of this machine's clock, 0 from then on. */
export function useCountdown(untilMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  const left = Math.max(0, Math.ceil((untilMs - now) / 1_000));
  // The clock is outside React; it is read twice a second while it matters.
  useEffect(() => {
    if (untilMs <= Date.now()) return;
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= untilMs) clearInterval(timer);
    }, 500);
    return () => clearInterval(timer);
  }, [untilMs]);
  return untilMs === 0 ? 0 : left;
}
