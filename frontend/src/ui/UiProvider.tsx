import { CSPProvider } from "@base-ui/react/csp-provider";
import { Tooltip } from "@base-ui/react/tooltip";
import type { ReactNode } from "react";
import { MovingKeys } from "./MovingKeys";
import { ToastProvider } from "./Toast";

type UiProviderProps = { closeLabel: string; children: ReactNode };

/** What the components need around them, once. No component writes a style element. */
export function UiProvider({ closeLabel, children }: UiProviderProps) {
  return (
    <CSPProvider disableStyleElements>
      <MovingKeys>
        <Tooltip.Provider delay={400} closeDelay={0}>
          <ToastProvider closeLabel={closeLabel}>{children}</ToastProvider>
        </Tooltip.Provider>
      </MovingKeys>
    </CSPProvider>
  );
}
