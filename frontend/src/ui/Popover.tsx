import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";
import styles from "./Popover.module.css";

type PopoverProps = {
  /** The button that opens it; it takes a ref and event handlers. */
  trigger: ReactElement;
  /** Its name for a screen reader. */
  label: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  side?: "top" | "bottom" | "left" | "right";
  align?: "start" | "center" | "end";
  /** Without inner space: for content that fills it. */
  flush?: boolean;
  children: ReactNode;
};

/** A small panel beside the button that opened it. */
export function Popover(props: PopoverProps) {
  const { trigger, label, open, onOpenChange, side = "bottom", align = "start" } = props;
  return (
    <Base.Root open={open} onOpenChange={(o) => onOpenChange?.(o)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner
          className={styles.positioner}
          side={side}
          align={align}
          sideOffset={8}
          collisionPadding={8}
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
