import { useEffect, useState } from "react";
import type { KeyboardEvent, PointerEvent, RefObject } from "react";
import { useI18n } from "../i18n";
import { useApp } from "../state/app";
import { useSelect } from "../state/store";
import styles from "./ListResizer.module.css";

const least = 240;
const most = 400;

type ListResizerProps = {
  /** The element whose --list-width it sets. */
  root: RefObject<HTMLElement | null>;
};

/** The edge of the list pane: dragged, or moved with the arrow keys; a double click resets it. */
export function ListResizer({ root }: ListResizerProps) {
  const { settings } = useApp();
  const { t } = useI18n();
  const kept = useSelect(settings, (s) => s.settings?.list_width || null);
  // What it is being dragged to; settled, it is the kept one.
  const [dragged, setDragged] = useState<number | null>(null);
  const width = dragged ?? kept;

  // The custom property is outside React's props: dragging must not render the panes.
  useEffect(() => {
    if (width === null) root.current?.style.removeProperty("--list-width");
    else root.current?.style.setProperty("--list-width", `${width}px`);
  }, [root, width]);

  const clamp = (next: number) => Math.min(most, Math.max(least, Math.round(next)));
  const keep = (next: number | null) => {
    setDragged(null);
    // A width that cannot be kept goes back by itself.
    settings.update({ list_width: next ?? 0 }).catch(() => undefined);
  };
  const present = (edge: HTMLElement) =>
    width ?? edge.parentElement?.getBoundingClientRect().width ?? least;

  const onPointerDown = (e: PointerEvent<HTMLDivElement>) => {
    const edge = e.currentTarget;
    const offset = e.clientX - present(edge);
    edge.setPointerCapture(e.pointerId);
    let to: number | null = null;
    const move = (m: globalThis.PointerEvent) => {
      to = clamp(m.clientX - offset);
      setDragged(to);
    };
    edge.addEventListener("pointermove", move);
    const stop = () => {
      edge.removeEventListener("pointermove", move);
      if (to !== null) keep(to);
    };
    edge.addEventListener("lostpointercapture", stop, { once: true });
  };
  const onKeyDown = (e: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[e.key];
    if (step === undefined) return;
    e.preventDefault();
    keep(clamp(present(e.currentTarget) + step));
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
      onDoubleClick={() => keep(null)}
    />
  );
}
