import { Dialog as Base } from "@base-ui/react/dialog";
import { ChevronLeft, X } from "lucide-react";
import { useRef } from "react";
import type { CSSProperties, ReactNode, RefObject, SyntheticEvent } from "react";
import styles from "./Dialog.module.css";
import { IconButton } from "./IconButton";
import { Scroll } from "./Scroll";

export type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  closeLabel: string;
  /** A way to where it came from. */
  back?: { label: string; onClick: () => void } | undefined;
  /** Buttons, the one that acts last. */
  footer?: ReactNode;
  /** Pixels; narrow windows use all they have. */
  width?: number;
  /** Makes the dialog a form: Enter in a field submits it. */
  onSubmit?: () => void;
  /** What has the focus at first; without it, the first field, or the dialog itself where there is none. */
  initialFocus?: RefObject<HTMLElement | null>;
  children?: ReactNode;
};

/** Fields that one writes in. */
const written =
  'input:not([type="hidden"], [type="checkbox"], [type="radio"]):enabled, textarea:enabled, [role="combobox"]';

/** A question or a form over the page. Escape and a click beside it close it. */
export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, closeLabel, footer, width = 440 } = props;
  const style: CSSProperties & { "--dialog-width": string } = { "--dialog-width": `${width}px` };
  const popup = useRef<HTMLDivElement>(null);
  // Not the first button, which closes it: nobody opens a dialog for that.
  const firstFocus = (by: string) => {
    if (popup.current?.contains(document.activeElement)) return false; // A field took it.
    if (by === "touch") return popup.current; // Its keyboard comes when it is asked for.
    return popup.current?.querySelector<HTMLElement>(written) ?? popup.current;
  };
  const submit = (e: SyntheticEvent) => {
    e.preventDefault();
    e.stopPropagation(); // React sends it through the portal to a form around the opener.
    props.onSubmit?.();
  };
  const content = (
    <>
      <header className={styles.header}>
        {props.back && (
          <IconButton
            className={styles.back}
            icon={ChevronLeft}
            label={props.back.label}
            onClick={props.back.onClick}
          />
        )}
        <Base.Title className={styles.title}>{title}</Base.Title>
        <Base.Close render={<IconButton icon={X} label={closeLabel} />} />
      </header>
      <Scroll className={styles.body}>
        {description && (
          <Base.Description className={styles.description}>{description}</Base.Description>
        )}
        {props.children}
      </Scroll>
      {footer && <footer className={styles.footer}>{footer}</footer>}
    </>
  );
  return (
    <Base.Root open={open} onOpenChange={(o) => onOpenChange(o)}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Viewport className={styles.viewport}>
          <Base.Popup
            ref={popup}
            className={styles.popup}
            style={style}
            initialFocus={props.initialFocus ?? firstFocus}
          >
            {props.onSubmit ? (
              <form className={styles.form} onSubmit={submit} noValidate>
                {content}
              </form>
            ) : (
              content
            )}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
