export type Strength = { level: "weak" | "fair" | "strong"; percent: number };

/**
 * A rough idea of how hard a password is to guess: its length times the
 * variety of its characters, with repeats and runs counted once. It guides,
 * it never refuses.
 */
export function strength(password: string): Strength {
  const chars = [...password];
  const kinds = [
    /[a-z]/,
    /[A-Z]/,
    /[0-9]/,
    /[\x20-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]/,
    /[^\x20-\x7e]/,
  ];
  const sizes = [26, 26, 10, 33, 2_000];
  const pool = kinds.reduce((sum, kind, i) => sum + (kind.test(password) ? (sizes[i] ?? 0) : 0), 0);
  const fresh = chars.filter((c, i) => {
    const before = chars[i - 1];
    if (before === undefined) return true;
    const step = (c.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0);
    return Math.abs(step) > 1; // "aaa", "abc" and "321" add nothing.
  });
  const bits = fresh.length * Math.log2(Math.max(2, pool));
  const percent = Math.min(100, Math.round((bits / 90) * 100));
  if (chars.length < 8 || bits < 40) return { level: "weak", percent: Math.min(percent, 33) };
  return bits < 60
    ? { level: "fair", percent: Math.min(percent, 66) }
    : { level: "strong", percent };
}
