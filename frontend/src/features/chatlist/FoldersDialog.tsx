import { ArrowDown, ArrowUp, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Folder } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { nameOf } from "../../state/contacts";
import { useStore } from "../../state/store";
import { useSubmit } from "../../state/useSubmit";
import { Button } from "../../ui/Button";
import { Checkbox } from "../../ui/Checkbox";
import { Dialog } from "../../ui/Dialog";
import { IconButton } from "../../ui/IconButton";
import { TextField } from "../../ui/TextField";
import { useToast } from "../../ui/Toast";
import styles from "./FoldersDialog.module.css";
import { mostFolders } from "./folderName";
import { useNameFault } from "./useNameFault";
import { useRefile } from "./useRefile";

/** The user's folders: all of them, or those that one conversation is in. */
export function FoldersDialog() {
  const { folders } = useApp();
  const { dialog, list } = useStore(folders);
  if (!dialog || !list) return null;
  return <Open key={dialog.conversationId} conversationId={dialog.conversationId} list={list} />;
}

type OpenProps = { conversationId: string | null; list: readonly Folder[] };

function Open({ conversationId, list }: OpenProps) {
  const app = useApp();
  const { t } = useI18n();
  const { byId } = useStore(app.conversations);
  const refile = useRefile();
  const toast = useToast();
  const [name, setName] = useState("");
  const [renaming, setRenaming] = useState<string | null>(null);
  const submit = useSubmit();
  const of = conversationId === null ? undefined : byId.get(conversationId);
  const full = list.length >= mostFolders;

  const faultOf = useNameFault();
  const fault = faultOf(name, list);
  // Nothing is said of an empty field, nor of the name of the one just made.
  const shownFault = name.trim() === "" || submit.busy ? undefined : fault;
  const add = async () => {
    if (fault !== undefined) return;
    await submit.run(async () => {
      const made = await app.folders.put("", name.trim(), list.length);
      if (of) refile(of.id, made.id, true);
      setName("");
    });
  };
  const move = (f: Folder, to: number) => void submit.run(() => app.folders.put(f.id, f.name, to));
  const remove = async (f: Folder, at: number) => {
    if (!(await submit.run(() => app.folders.remove(f.id)))) return;
    toast({
      text: t("folders.removed", { name: f.name }),
      action: {
        label: t("folders.undo"),
        run: () => void submit.run(() => app.folders.put(f.id, f.name, at)),
      },
    });
  };
  return (
    <Dialog
      open
      onOpenChange={() => app.folders.close()}
      title={
        of
          ? t("folders.of", { name: nameOf({ remark: of.remark, profile: of.peer }) })
          : t("folders.title")
      }
      description={of ? undefined : t("folders.text")}
      closeLabel={t("common.close")}
      width={420}
      onSubmit={() => void add()}
    >
      <ul className={styles.list}>
        {list.map((f, i) => (
          <li key={f.id} className={styles.row}>
            {of ? (
              <Checkbox
                checked={of.folders.includes(f.id)}
                onChange={(on) => refile(of.id, f.id, on)}
              >
                {f.name}
              </Checkbox>
            ) : renaming === f.id ? (
              <Rename folder={f} at={i} list={list} onDone={() => setRenaming(null)} />
            ) : (
              <>
                <span className={styles.name}>{f.name}</span>
                <IconButton
                  icon={ArrowUp}
                  size="sm"
                  label={t("folders.up", { name: f.name })}
                  disabled={i === 0}
                  onClick={() => move(f, i - 1)}
                />
                <IconButton
                  icon={ArrowDown}
                  size="sm"
                  label={t("folders.down", { name: f.name })}
                  disabled={i === list.length - 1}
                  onClick={() => move(f, i + 1)}
                />
                <IconButton
                  icon={Pencil}
                  size="sm"
                  label={t("folders.rename", { name: f.name })}
                  onClick={() => setRenaming(f.id)}
                />
                <IconButton
                  icon={Trash2}
                  size="sm"
                  danger
                  label={t("folders.remove", { name: f.name })}
                  onClick={() => void remove(f, i)}
                />
              </>
            )}
          </li>
        ))}
      </ul>
      <div className={styles.add}>
        <TextField
          className={styles.field}
          label={t("folders.new")}
          hideLabel
          placeholder={t("folders.new")}
          value={name}
          disabled={full}
          hint={full ? t("folders.full", { count: mostFolders }) : t("folders.hint")}
          error={submit.error ? errorText(t, submit.error) : shownFault}
          onChange={(e) => {
            setName(e.target.value);
            submit.clear();
          }}
        />
        <Button type="submit" variant="primary" disabled={full || fault !== undefined}>
          <Plus aria-hidden />
          {t("folders.create")}
        </Button>
      </div>
    </Dialog>
  );
}

type RenameProps = { folder: Folder; at: number; list: readonly Folder[]; onDone: () => void };

/** A folder's name while it is being changed: Enter keeps it, Escape leaves it. */
function Rename({ folder, at, list, onDone }: RenameProps) {
  const app = useApp();
  const { t } = useI18n();
  const [name, setName] = useState(folder.name);
  const submit = useSubmit();
  const faultOf = useNameFault();
  const fault = faultOf(
    name,
    list.filter((f) => f.id !== folder.id),
  );
  const save = async () => {
    if (fault !== undefined) return;
    if (await submit.run(() => app.folders.put(folder.id, name.trim(), at))) onDone();
  };
  return (
    <TextField
      className={styles.field}
      label={t("folders.rename", { name: folder.name })}
      hideLabel
      size="sm"
      autoFocus
      value={name}
      error={submit.error ? errorText(t, submit.error) : fault}
      onFocus={(e) => e.target.select()}
      onChange={(e) => setName(e.target.value)}
      onKeyDown={(e) => {
        if (e.key === "Enter") {
          e.preventDefault(); // It is not the form's.
          void save();
        } else if (e.key === "Escape") {
          e.stopPropagation(); // Nor closes the dialog.
          onDone();
        }
      }}
      onBlur={() => (fault === undefined ? void save() : onDone())}
    />
  );
}
