import { go, npm } from "virtual:licences";
import { useI18n } from "../../i18n";
import { Dialog } from "../../ui/Dialog";
import styles from "./LicencesDialog.module.css";

type LicencesDialogProps = { open: boolean; onOpenChange: (open: boolean) => void };

/** How many packages of others the product contains. */
export const licenceCount = npm.length + go.length;

/** The packages of others in the product, each with its licence. */
export function LicencesDialog({ open, onOpenChange }: LicencesDialogProps) {
  const { t } = useI18n();
  const groups = [
    { title: t("settings.licences_page"), list: npm },
    { title: t("settings.licences_program"), list: go },
  ].filter((g) => g.list.length > 0);
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("settings.licences")}
      closeLabel={t("common.close")}
      width={560}
    >
      {groups.map((group) => (
        <section key={group.title}>
          <h3 className={styles.heading}>{group.title}</h3>
          <ul>
            {group.list.map((p) => (
              <li className={styles.item} key={p.name}>
                <span className={styles.name}>{p.name}</span>
                <span className={styles.meta}>{p.version}</span>
                <span className={styles.meta}>{p.licence}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Dialog>
  );
}
