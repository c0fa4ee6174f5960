import { UserRound } from "lucide-react";
import styles from "./Avatar.module.css";
import { monogram, monogramColour } from "./monogram";

export type AvatarProps = {
  /** The user's id: it chooses the colour. "" is nobody in particular. */
  id: string;
  name: string;
  /** Pixels. Each has a rule in Avatar.module.css. */
  size?: 32 | 36 | 40 | 44 | 48 | 64 | 84 | 96;
  /** Shown as a dot or a ring, which differ by shape as well as by colour. */
  presence?: "online" | "offline";
  /** Without one the picture is silent: a name stands beside it. */
  label?: string;
};

/** A person's picture: the first character of the name on a colour of their own. */
export function Avatar({ id, name, size = 44, presence, label }: AvatarProps) {
  const named = label ? { role: "img", "aria-label": label } : { "aria-hidden": true };
  return (
    <span className={styles.avatar} data-size={size} {...named}>
      <span className={styles.mono} data-colour={id ? monogramColour(id) : undefined}>
        {id ? monogram(name) : <UserRound />}
      </span>
      {presence && <span className={styles.presence} data-presence={presence} />}
    </span>
  );
}
