import { createContext, useContext, useEffect, useRef } from "react";
import type { ReactNode, RefObject } from "react";

const keys = new Set([
  "Tab",
  "ArrowUp",
  "ArrowDown",
  "ArrowLeft",
  "ArrowRight",
  "Home",
  "End",
  "F6",
]);

const Context = createContext<RefObject<boolean>>({ current: true });

/** Whether what the user did last was to move the focus by a key. Once, around the app. */
export function MovingKeys({ children }: { children: ReactNode }) {
  const moving = useRef(false);
  // The document hears first, whatever has the focus.
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      moving.current = keys.has(e.key);
    };
    const onPointer = () => {
      moving.current = false;
    };
    document.addEventListener("keydown", onKey, true);
    document.addEventListener("pointerdown", onPointer, true);
    return () => {
      document.removeEventListener("keydown", onKey, true);
      document.removeEventListener("pointerdown", onPointer, true);
    };
  }, []);
  return <Context value={moving}>{children}</Context>;
}

/** True while the focus moves by keys; read it in an event. */
export const useMovingKeys = (): RefObject<boolean> => useContext(Context);
