import { AlertDialog as Base } from "@base-ui/react/alert-dialog";
import { useRef } from "react";
import type { ReactNode } from "react";
import { Button } from "./Button";
import styles from "./AlertDialog.module.css";
import dialog from "./Dialog.module.css";

type AlertDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  text: ReactNode;
  /** What the acting button does: a verb. */
  confirm: string;
  cancel: string;
  danger?: boolean;
  /** Confirming is under way. */
  loading?: boolean;
  onConfirm: () => void;
  /** Choices that go with the question. */
  children?: ReactNode;
};

/** A question that must be answered before anything else. The focus starts on the safe answer. */
export function AlertDialog(props: AlertDialogProps) {
  const safe = useRef<HTMLButtonElement>(null);
  return (
    <Base.Root open={props.open} onOpenChange={(o) => props.onOpenChange(o)}>
      <Base.Portal>
        <Base.Backdrop className={dialog.backdrop} />
        <Base.Viewport className={dialog.viewport}>
          <Base.Popup
            className={dialog.popup}
            data-kind="alert"
            initialFocus={props.danger ? safe : undefined}
          >
            <div className={styles.body}>
              <Base.Title className={dialog.title}>{props.title}</Base.Title>
              <Base.Description className={styles.text} render={<div />}>
                {props.text}
              </Base.Description>
              {props.children}
            </div>
            <footer className={dialog.footer}>
              <Base.Close render={<Button ref={safe}>{props.cancel}</Button>} />
              <Button
                variant={props.danger ? "danger" : "primary"}
                loading={props.loading}
                onClick={props.onConfirm}
              >
                {props.confirm}
              </Button>
            </footer>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
