/** A fingerprint in groups of four digits, as people read it to each other. */
export function groups(fingerprint: string): string[] {
  const digits = fingerprint.replace(/[^0-9a-fA-F]/g, "").toUpperCase();
  return digits.match(/.{1,4}/g) ?? [];
}
