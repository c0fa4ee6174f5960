import { useState } from "react";
import {
  Copy,
  Ellipsis,
  MessageCircle,
  UserRoundMinus,
  UserRoundPlus,
  UserRoundX,
} from "lucide-react";
import { BridgeError } from "../../bridge/error";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { nameOf } from "../../state/contacts";
import { useSelect } from "../../state/store";
import { AlertDialog } from "../../ui/AlertDialog";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { IconButton } from "../../ui/IconButton";
import { Menu, MenuItem } from "../../ui/Menu";
import { Note } from "../../ui/Note";
import { Scroll } from "../../ui/Scroll";
import { Tag } from "../../ui/Tag";
import { useToast } from "../../ui/Toast";
import { AskDialog } from "./AskDialog";
import { PaneHeader } from "./PaneHeader";
import styles from "./Profile.module.css";
import { RemarkLine } from "./RemarkLine";
import { useOnline } from "./useOnline";
import { usePresence } from "./usePresence";

type ProfileProps = { userId: string };

/** What is known of a contact, and what can be done. Key it by the user. */
export function Profile({ userId }: ProfileProps) {
  const app = useApp();
  const { t, formats } = useI18n();
  const toast = useToast();
  const online = useOnline();
  const presence = usePresence(userId);
  const contact = useSelect(app.contacts, (s) => s.byUser.get(userId));
  const loaded = useSelect(app.contacts, (s) => s.contacts !== undefined);
  const [deleting, setDeleting] = useState(false);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);

  if (!contact) {
    return (
      <>
        <PaneHeader title={t("contacts.label")} narrowOnly />
        {loaded && (
          <EmptyState
            icon={UserRoundX}
            title={t("profile.gone_title")}
            text={t("profile.gone_text")}
          />
        )}
      </>
    );
  }

  const { profile, friend } = contact;
  const name = nameOf(contact);
  const copyUsername = async () => {
    await navigator.clipboard.writeText(profile.username);
    toast({ text: t("profile.copied") });
  };
  const remove = async () => {
    setBusy(true);
    try {
      await app.contacts.remove(userId);
      toast({ text: t("profile.deleted", { name }) });
      setDeleting(false);
    } catch (cause) {
      toast({ tone: "error", text: errorText(t, BridgeError.from(cause)) });
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <PaneHeader title={name} narrowOnly />
      <Scroll className={styles.page}>
        <article className={styles.card} aria-label={t("profile.label", { name })}>
          <header className={styles.top}>
            <Avatar
              id={profile.id}
              name={profile.nickname}
              size={96}
              presence={friend ? (presence.online ? "online" : "offline") : undefined}
            />
            <div className={styles.who}>
              <h1 className={styles.name}>
                <span>{name}</span>
                {!friend ? (
                  <Tag>{t("profile.former_title")}</Tag>
                ) : presence.online ? (
                  <Tag tone="ok">{t("contacts.online")}</Tag>
                ) : null}
              </h1>
              {contact.remark !== "" && (
                <p className={styles.sub}>{t("profile.nickname", { name: profile.nickname })}</p>
              )}
              {friend && !presence.online && presence.seen !== null && (
                <p className={styles.sub}>{t("profile.last_seen", { time: presence.seen })}</p>
              )}
            </div>
            {friend && (
              <Menu align="end" trigger={<IconButton icon={Ellipsis} label={t("profile.more")} />}>
                <MenuItem
                  icon={UserRoundMinus}
                  danger
                  disabled={!online}
                  onSelect={() => setDeleting(true)}
                >
                  {t("profile.delete")}
                </MenuItem>
              </Menu>
            )}
          </header>
          {!friend && (
            <div className={styles.note}>
              <Note>{t("profile.former_text")}</Note>
            </div>
          )}
          <dl className={styles.lines}>
            {friend && <RemarkLine contact={contact} online={online} />}
            <div className={styles.line}>
              <dt>{t("profile.username")}</dt>
              <dd>{profile.username}</dd>
              <dd>
                <IconButton
                  icon={Copy}
                  label={t("profile.copy_username")}
                  onClick={() => void copyUsername()}
                />
              </dd>
            </div>
            {friend && contact.since_ms > 0 && (
              <div className={styles.line}>
                <dt>{t("profile.since")}</dt>
                <dd>{formats.fullDate(contact.since_ms)}</dd>
              </div>
            )}
          </dl>
          <div className={styles.actions}>
            {contact.conversation_id !== "" && (
              <Button
                size="lg"
                variant={friend ? "primary" : "neutral"}
                icon={MessageCircle}
                onClick={() => app.navigation.openConversation(contact.conversation_id)}
              >
                {friend ? t("contacts.message") : t("profile.history")}
              </Button>
            )}
            {!friend && (
              <Button
                size="lg"
                variant="primary"
                icon={UserRoundPlus}
                disabled={!online}
                onClick={() => setAsking(true)}
              >
                {t("profile.add_again")}
              </Button>
            )}
          </div>
          {!online && <p className={styles.offline}>{t("profile.needs_network")}</p>}
        </article>
      </Scroll>
      <AlertDialog
        open={deleting}
        onOpenChange={setDeleting}
        title={t("profile.delete_title", { name })}
        text={t("profile.delete_text")}
        confirm={t("profile.delete_button")}
        cancel={t("profile.cancel")}
        danger
        loading={busy}
        onConfirm={() => void remove()}
      />
      {!friend && <AskDialog to={profile} name={name} open={asking} onOpenChange={setAsking} />}
    </>
  );
}
