import { useLayoutEffect, useMemo, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { Virtualizer } from "virtua";
import type { VirtualizerHandle } from "virtua";
import type { Contact } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { useApp } from "../../state/app";
import { Scroll } from "../../ui/Scroll";
import { ContactRow } from "./ContactRow";
import styles from "./ContactRows.module.css";
import type { Group } from "./directory";

type ContactRowsProps = {
  groups: readonly Group[];
  /** The user whose profile is open. */
  openId: string | null;
};

type Item = { letter: string; contact: null } | { letter: null; contact: Contact };

/** The friends, as many as are in sight, with their letters beside them. */
export function ContactRows({ groups, openId }: ContactRowsProps) {
  const { navigation } = useApp();
  const { t } = useI18n();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useRef<VirtualizerHandle>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const moving = useRef(false); // The focus follows once the row is mounted.

  const items = useMemo(
    () =>
      groups.flatMap((g): Item[] => [
        { letter: g.letter, contact: null },
        ...g.contacts.map((contact): Item => ({ letter: null, contact })),
      ]),
    [groups],
  );
  const indexOf = (id: string | null) => items.findIndex((i) => i.contact?.profile.id === id && id);
  const current = [indexOf(focused), indexOf(openId), 1].find((i) => i >= 0) ?? 1;

  const moveTo = (from: number, step: 1 | -1) => {
    let index = from;
    while (items[index]?.contact === null) index += step;
    const contact = items[index]?.contact;
    if (!contact) return;
    moving.current = true;
    setFocused(contact.profile.id);
    virtual.current?.scrollToIndex(index, { align: "nearest" });
  };
  useLayoutEffect(() => {
    if (!moving.current) return;
    for (const row of box.current?.querySelectorAll<HTMLElement>("[data-user]") ?? []) {
      if (row.dataset.user !== focused) continue;
      moving.current = false;
      row.focus({ preventScroll: true });
    }
  }, [focused]);

  const onKeyDown = (e: KeyboardEvent) => {
    if (e.altKey || e.ctrlKey || e.metaKey || e.shiftKey) return;
    switch (e.key) {
      case "ArrowDown":
        moveTo(current + 1, 1);
        break;
      case "ArrowUp":
        moveTo(current - 1, -1);
        break;
      case "Home":
        moveTo(0, 1);
        break;
      case "End":
        moveTo(items.length - 1, -1);
        break;
      default:
        return;
    }
    e.preventDefault();
  };

  return (
    <div className={styles.frame}>
      <Scroll ref={box} className={styles.rows} onKeyDown={onKeyDown}>
        <div role="list" aria-label={t("contacts.label")}>
          <Virtualizer ref={virtual} scrollRef={box} data={items} keepMounted={[current]}>
            {(item, index) =>
              item.contact ? (
                <div role="listitem" key={item.contact.profile.id}>
                  <ContactRow
                    contact={item.contact}
                    open={item.contact.profile.id === openId}
                    current={index === current}
                    onOpen={(userId) => navigation.openContacts({ kind: "person", userId })}
                    onFocus={setFocused}
                  />
                </div>
              ) : (
                <div className={styles.letter} role="listitem" key={`letter ${item.letter}`}>
                  {item.letter}
                </div>
              )
            }
          </Virtualizer>
        </div>
      </Scroll>
      {groups.length > 3 && (
        <nav className={styles.index} aria-label={t("contacts.letters")}>
          {groups.map((g) => (
            <button
              type="button"
              key={g.letter}
              tabIndex={-1}
              aria-label={t("contacts.letter", { letter: g.letter })}
              onClick={() =>
                virtual.current?.scrollToIndex(items.findIndex((i) => i.letter === g.letter))
              }
            >
              {g.letter}
            </button>
          ))}
        </nav>
      )}
    </div>
  );
}
