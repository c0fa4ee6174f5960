import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";
import { Kbd } from "./Kbd";
import styles from "./Tooltip.module.css";
import { useMovingKeys } from "./MovingKeys";

type TooltipProps = {
  text: ReactNode;
  shortcut?: string | undefined;
  side?: "top" | "bottom" | "left" | "right";
  /** The element that it explains; it takes a ref and event handlers. */
  children: ReactElement;
};

/** Shows what a control is for, to eyes: its name for everybody is its own label. */
export function Tooltip({ text, shortcut, side = "bottom", children }: TooltipProps) {
  const moving = useMovingKeys();
  const onOpenChange = (open: boolean, details: Base.Root.ChangeEventDetails) => {
    // A focus that a dialog gave or gave back asks for no explanation.
    if (open && details.reason === "trigger-focus" && !moving.current) details.cancel();
    // Escape is meant for what the control stands in.
    if (details.reason === "escape-key") details.allowPropagation();
  };
  return (
    <Base.Root onOpenChange={onOpenChange}>
      <Base.Trigger render={children} delay={400} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} side={side} sideOffset={6}>
          <Base.Popup className={styles.popup}>
            {text}
            {shortcut && <Kbd keys={shortcut} plain />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
