import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./Note.module.css";

type NoteProps = {
  tone?: "plain" | "info" | "warn" | "bad";
  /** "alert" is spoken at once, "status" when there is a pause. */
  role?: "alert" | "status";
  children: ReactNode;
};

const icons = { plain: Info, info: Info, warn: TriangleAlert, bad: CircleAlert };

/** A remark in the text around it. */
export function Note({ tone = "plain", role, children }: NoteProps) {
  const Icon = icons[tone];
  return (
    <div className={styles.note} data-tone={tone} role={role}>
      <Icon aria-hidden />
      <div>{children}</div>
    </div>
  );
}
