import { Suspense, lazy } from "react";
import type { ComponentProps } from "react";
import { Spinner } from "./Spinner";

const Calendar = lazy(() => import("./Calendar").then((m) => ({ default: m.Calendar })));

type LazyCalendarProps = ComponentProps<typeof Calendar> & { loadingLabel: string };

/** A calendar whose code comes when it is first opened. */
export function LazyCalendar({ loadingLabel, ...props }: LazyCalendarProps) {
  return (
    <Suspense fallback={<Spinner label={loadingLabel} />}>
      <Calendar {...props} />
    </Suspense>
  );
}
