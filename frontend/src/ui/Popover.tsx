import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode, RefObject } from "react";
import styles from "./Popover.module.css";

type PopoverProps = {
  /** The button that opens it; it takes a ref and event handlers. Without it, `open` says all. */
  trigger?: ReactElement;
  /** Its name for a screen reader. */
  label: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  side?: "top" | "bottom" | "left" | "right";
  align?: "start" | "center" | "end";
  /** What it stands beside, and never covers, instead of the trigger; on the side asked for if that is a ref. */
  anchor?: RefObject<Element | null> | Element | null;
  /** Without inner space: for content that fills it. */
  flush?: boolean;
  children: ReactNode;
};

/** It may move along its side, not to another one. */
const stay = { side: "none", align: "shift", fallbackAxisSide: "none" } as const;

/** A small panel beside the button that opened it. */
export function Popover(props: PopoverProps) {
  const { trigger, label, open, onOpenChange, side = "bottom", align = "start" } = props;
  return (
    <Base.Root open={open} onOpenChange={(o) => onOpenChange?.(o)}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Positioner
          className={styles.positioner}
          side={side}
          align={align}
          anchor={props.anchor}
          sideOffset={8}
          collisionPadding={8}
          collisionAvoidance={props.anchor && "current" in props.anchor ? stay : undefined}
        >
          <Base.Popup
            className={styles.popup}
            aria-label={label}
            data-flush={props.flush || undefined}
          >
            {props.children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
