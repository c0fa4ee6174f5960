import { useEffect, useState } from "react";
import { BridgeError } from "../../../../bridge/error";
import type { RecordContent } from "../../../../bridge/types";
import { useI18n } from "../../../../i18n";
import { errorText } from "../../../../i18n/errors";
import { useApp } from "../../../../state/app";
import { Avatar } from "../../../../ui/Avatar";
import { Dialog } from "../../../../ui/Dialog";
import { Spinner } from "../../../../ui/Spinner";
import { RichText } from "../../RichText";
import { sameDay } from "../../rows";
import { RecordCard } from "./RecordCard";
import styles from "./RecordDialog.module.css";
import { recordTitle } from "./recordTitle";

type RecordDialogProps = {
  conversationId: string;
  messageId: string;
  names: readonly string[];
  onClose: () => void;
};

/** A record that is open: where it is in the outermost one, and whose it is. */
type Level = { path: readonly number[]; names: readonly string[] };

/** All that a record holds; one in it opens in its place, with a way back. */
export function RecordDialog({ conversationId, messageId, names, onClose }: RecordDialogProps) {
  const { auth, bridge, conversations } = useApp();
  const { t, formats } = useI18n();
  const [levels, setLevels] = useState<readonly Level[]>([{ path: [], names }]);
  const [content, setContent] = useState<RecordContent | null>(null);
  const [error, setError] = useState<BridgeError | null>(null);
  const level = levels.at(-1) ?? { path: [], names };
  // A record has names alone. Whoever is known here has the face that they have elsewhere.
  const idOf = (name: string) =>
    [
      { id: auth.account?.user_id, name: auth.account?.nickname },
      ...[...conversations.getSnapshot().byId.values()].map((c) => ({
        id: c.peer.id,
        name: c.peer.nickname,
      })),
    ].find((known) => known.name === name)?.id ?? name;

  // It comes from Go.
  useEffect(() => {
    let left = false;
    bridge
      .call("History", "Record", {
        conversation_id: conversationId,
        message_id: messageId,
        path: [...level.path],
      })
      .then(
        (got) => !left && setContent(got),
        (cause: unknown) => !left && setError(BridgeError.from(cause)),
      );
    return () => {
      left = true;
    };
  }, [bridge, conversationId, level.path, messageId]);

  const go = (next: readonly Level[]) => {
    setContent(null);
    setLevels(next);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={recordTitle(t, level.names)}
      closeLabel={t("common.close")}
      width={520}
      back={
        levels.length > 1
          ? { label: t("common.back"), onClick: () => go(levels.slice(0, -1)) }
          : undefined
      }
    >
      {error && <p>{errorText(t, error)}</p>}
      {!error && !content && <Spinner label={t("common.loading")} />}
      <ol className={styles.list}>
        {content?.items.map((item, i) => {
          const before = content.items[i - 1];
          const { card } = item;
          return (
            <li key={i} className={styles.item} data-head={item.name !== before?.name || undefined}>
              {(!before || !sameDay(before.created_ms, item.created_ms)) && (
                <span className={styles.day}>{formats.longDate(item.created_ms)}</span>
              )}
              <span className={styles.face} aria-hidden>
                {item.name !== before?.name && (
                  <Avatar id={idOf(item.name)} name={item.name} size={32} />
                )}
              </span>
              <div className={styles.words}>
                <span className={styles.head}>
                  <span className={styles.name}>{item.name}</span>
                  <time className={styles.time} dateTime={new Date(item.created_ms).toISOString()}>
                    {formats.time(item.created_ms)}
                  </time>
                </span>
                {item.forwarded !== "" && (
                  <span className={styles.forwarded}>
                    {t("message.forwarded", { name: item.forwarded })}
                  </span>
                )}
                {card ? (
                  <span className={styles.card}>
                    <RecordCard
                      card={card}
                      onOpen={() =>
                        go([...levels, { path: [...level.path, i], names: card.names }])
                      }
                    />
                  </span>
                ) : (
                  <RichText text={item.text || t("message.unknown_empty")} />
                )}
              </div>
            </li>
          );
        })}
      </ol>
    </Dialog>
  );
}
