import { en } from "./en";
import type { Key } from "./en";
import type { T } from "./index";

/** The part of an error that a sentence is chosen by. */
export type ErrorLike = { code: string; field?: string; retryAfterMs?: number };

const isKey = (key: string): key is Key => key in en;

/** What happened and what to do about it, in the user's language. */
export function errorText(t: T, error: ErrorLike): string {
  if (error.code === "rate_limited") {
    const count = Math.ceil((error.retryAfterMs ?? 0) / 1_000);
    return count > 0 ? t("error.rate_limited_for", { count }) : t("error.rate_limited");
  }
  if (error.code === "invalid" && error.field) {
    const key = `error.invalid.${error.field}`;
    if (isInvalid(key)) return t(key);
  }
  const key = `error.${error.code}`;
  return isPlain(key) ? t(key) : t("error.internal");
}

type ErrorKey = Extract<Key, `error.${string}`>;
type InvalidKey = Extract<Key, `error.invalid.${string}`>;
type PlainKey = Exclude<ErrorKey, "error.rate_limited_for">;

const isInvalid = (key: string): key is InvalidKey => isKey(key);
const isPlain = (key: string): key is PlainKey => isKey(key) && key !== "error.rate_limited_for";
