import { Toast as Base } from "@base-ui/react/toast";
import { Check, CircleAlert, X } from "lucide-react";
import { useCallback, useLayoutEffect, useRef } from "react";
import type { ReactNode } from "react";
import { IconButton } from "./IconButton";
import styles from "./Toast.module.css";
import { panesIn, toastPlace } from "./toastPlace";

export type ToastContent = {
  text: string;
  /** "error" is announced at once and stays twice as long. */
  tone?: "done" | "error";
  /** Stays until the user closes it. */
  lasting?: boolean;
  /** Such as undo. */
  action?: { label: string; run: () => void };
};

type ToastProviderProps = { closeLabel: string; children: ReactNode };

/** Where toasts show. Once, around the app. */
export function ToastProvider({ closeLabel, children }: ToastProviderProps) {
  return (
    <Base.Provider timeout={5_000} limit={3}>
      {children}
      <Base.Portal>
        <List closeLabel={closeLabel} />
      </Base.Portal>
    </Base.Provider>
  );
}

function List({ closeLabel }: { closeLabel: string }) {
  const { toasts } = Base.useToastManager();
  const viewport = useRef<HTMLDivElement>(null);
  const shown = toasts.length;
  // Toasts stand outside of the panes' tree: where these are is measured when one comes.
  useLayoutEffect(() => {
    if (shown === 0) return;
    const put = () => {
      const { innerWidth: width, innerHeight: height } = window;
      const place = toastPlace(panesIn(document), { width, height });
      for (const edge of ["left", "right", "top", "bottom"] as const) {
        const at = place[edge];
        if (viewport.current) {
          viewport.current.style[edge] = at === undefined ? "auto" : `${at}px`;
          viewport.current.dataset.from = place.top === undefined ? "bottom" : "top";
        }
      }
    };
    put();
    window.addEventListener("resize", put);
    return () => window.removeEventListener("resize", put);
  }, [shown]);
  return (
    <Base.Viewport
      ref={viewport}
      className={styles.viewport}
      data-region={toasts.length > 0 ? "toasts" : undefined}
    >
      {toasts.map((toast) => (
        <Base.Root key={toast.id} toast={toast} className={styles.toast} swipeDirection="down">
          <Base.Content className={styles.content}>
            {toast.type === "error" ? <CircleAlert aria-hidden /> : <Check aria-hidden />}
            <Base.Title className={styles.title} render={<div />} />
            {toast.actionProps && <Base.Action className={styles.action} />}
            <Base.Close render={<IconButton icon={X} label={closeLabel} size="sm" />} />
          </Base.Content>
        </Base.Root>
      ))}
    </Base.Viewport>
  );
}

/** Shows a toast. Only below a ToastProvider. */
export function useToast(): (content: ToastContent) => void {
  const { add, close } = Base.useToastManager();
  return useCallback(
    ({ text, tone = "done", lasting = false, action }: ToastContent) => {
      const id = add({
        title: text,
        type: tone,
        priority: tone === "error" ? "high" : "low",
        timeout: lasting ? 0 : tone === "error" ? 10_000 : 5_000,
        actionProps: action && {
          children: action.label,
          onClick: () => {
            close(id);
            action.run();
          },
        },
      });
    },
    [add, close],
  );
}
