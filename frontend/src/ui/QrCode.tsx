import encodeQR from "qr";
import { useMemo } from "react";
import { Logo } from "./Logo";
import styles from "./QrCode.module.css";

type QrCodeProps = {
  text: string;
  /** What a screen reader says of it. */
  label: string;
};

/** Modules of quiet around the code, as its standard asks. */
const quiet = 4;

/** A QR code, dark on light in every theme, with the mark in its middle. */
export function QrCode({ text, label }: QrCodeProps) {
  const { size, path } = useMemo(() => draw(text), [text]);
  return (
    <span className={styles.code} role="img" aria-label={label}>
      <svg viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" aria-hidden>
        <path d={path} />
      </svg>
      <span className={styles.mark}>
        <Logo size={36} />
      </span>
    </span>
  );
}

/** The dark modules as one path, row by row. A quarter may be lost: the mark covers some. */
function draw(text: string) {
  const rows = encodeQR(text, "raw", { ecc: "quartile", border: quiet });
  const path = rows
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return { size: rows.length, path };
}
