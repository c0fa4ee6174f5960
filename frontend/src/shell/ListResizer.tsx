import { useEffect, useState } from "react";
import type { KeyboardEvent, PointerEvent, RefObject } from "react";
import { useI18n } from "../i18n";
import styles from "./ListResizer.module.css";

const least = 240;
const most = 400;
const key = "list-width";

type ListResizerProps = {
  /** The element whose --list-width it sets. */
  root: RefObject<HTMLElement | null>;
};

/** The edge of the list pane: dragged, or moved with the arrow keys; a double click resets it. */
export function ListResizer({ root }: ListResizerProps) {
  const { t } = useI18n();
  const [width, setWidth] = useState(kept);

  // The custom property is outside React's props: dragging must not render the panes.
  useEffect(() => {
    if (width === null) root.current?.style.removeProperty("--list-width");
    else root.current?.style.setProperty("--list-width", `${width}px`);
  }, [root, width]);

  const change = (next: number | null) => {
    const clamped = next === null ? null : Math.min(most, Math.max(least, Math.round(next)));
    setWidth(clamped);
    keep(clamped);
  };
  const present = (edge: HTMLElement) =>
    width ?? edge.previousElementSibling?.getBoundingClientRect().width ?? least;

  const onPointerDown = (e: PointerEvent<HTMLDivElement>) => {
    const edge = e.currentTarget;
    const offset = e.clientX - present(edge);
    edge.setPointerCapture(e.pointerId);
    const move = (m: globalThis.PointerEvent) => change(m.clientX - offset);
    edge.addEventListener("pointermove", move);
    const stop = () => edge.removeEventListener("pointermove", move);
    edge.addEventListener("pointerup", stop, { once: true });
    edge.addEventListener("pointercancel", stop, { once: true });
  };
  const onKeyDown = (e: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[e.key];
    if (step === undefined) return;
    e.preventDefault();
    change(present(e.currentTarget) + step);
  };
  return (
    <div
      className={styles.edge}
      role="separator"
      aria-orientation="vertical"
      aria-label={t("common.resize_list")}
      aria-valuemin={least}
      aria-valuemax={most}
      aria-valuenow={width ?? 288}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDoubleClick={() => change(null)}
    />
  );
}

/** The width that the user chose on this machine, or null. */
function kept(): number | null {
  try {
    const n = Number(localStorage.getItem(key));
    return n >= least && n <= most ? n : null;
  } catch {
    return null; // Storage is denied.
  }
}

function keep(width: number | null) {
  try {
    if (width === null) localStorage.removeItem(key);
    else localStorage.setItem(key, String(width));
  } catch {
    // Storage is denied: the width lasts as long as the page.
  }
}
