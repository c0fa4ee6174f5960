import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactNode, RefObject } from "react";
import { cx } from "./cx";
import dialog from "./Dialog.module.css";
import { Hidden } from "./Hidden";
import styles from "./Palette.module.css";

type PaletteProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Its name for a screen reader. */
  title: string;
  /** Gets the focus when it opens. */
  field: RefObject<HTMLElement | null>;
  children: ReactNode;
};

/** A large dialog that begins with a field and shows what the field finds. */
export function Palette({ open, onOpenChange, title, field, children }: PaletteProps) {
  return (
    <Base.Root open={open} onOpenChange={(o) => onOpenChange(o)}>
      <Base.Portal>
        <Base.Backdrop className={dialog.backdrop} />
        <Base.Viewport className={cx(dialog.viewport, styles.viewport)}>
          <Base.Popup className={cx(dialog.popup, styles.popup)} initialFocus={field}>
            <Hidden>
              <Base.Title>{title}</Base.Title>
            </Hidden>
            {children}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
