import { useState } from "react";
import type { ComponentProps, KeyboardEvent } from "react";
import { endsLate, Ime } from "./ime";

/** Tells which keys of a field belong to the input method. The field tells it of its compositions and keys. */
export function useIme(): Ime {
  const [ime] = useState(() => new Ime(endsLate(navigator.userAgent)));
  return ime;
}

type InputProps = ComponentProps<"input">;
type Handlers = Pick<
  InputProps,
  "onCompositionStart" | "onCompositionEnd" | "onBlur" | "onKeyUp" | "onKeyDown"
>;

/**
 * The handlers of a line of text whose keys act. They pass on the key presses
 * that are the user's own; those of the input method reach nobody, and an Enter
 * that chose a candidate submits no form.
 */
export function useOwnKeys(given: Handlers): Required<Handlers> {
  const ime = useIme();
  return {
    onCompositionStart: (e) => {
      ime.start();
      given.onCompositionStart?.(e);
    },
    onCompositionEnd: (e) => {
      ime.end(performance.now());
      given.onCompositionEnd?.(e);
    },
    onBlur: (e) => {
      ime.release();
      given.onBlur?.(e);
    },
    onKeyUp: (e) => {
      ime.release();
      given.onKeyUp?.(e);
    },
    onKeyDown: (e: KeyboardEvent<HTMLInputElement>) => {
      const owner = ime.press(e.nativeEvent, performance.now());
      if (owner === "user") return given.onKeyDown?.(e);
      e.stopPropagation(); // Neither is it for what stands around the field.
      if (owner === "told again" && e.key === "Enter") e.preventDefault();
    },
  };
}
