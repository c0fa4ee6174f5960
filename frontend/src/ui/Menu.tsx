import { ContextMenu as BaseContext } from "@base-ui/react/context-menu";
import { Menu as Base } from "@base-ui/react/menu";
import { Check, ChevronRight } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { KeyboardEvent, ReactElement, ReactNode } from "react";
import { Kbd } from "./Kbd";
import styles from "./Menu.module.css";

type MenuProps = {
  /** The button that opens it; it takes a ref and event handlers. */
  trigger: ReactElement;
  side?: "top" | "bottom" | "left" | "right";
  align?: "start" | "center" | "end";
  children: ReactNode;
};

/** Commands behind a button. */
export function Menu({ trigger, side = "bottom", align = "start", children }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner
          className={styles.positioner}
          side={side}
          align={align}
          sideOffset={6}
          collisionPadding={8}
        >
          <Base.Popup className={styles.popup} onKeyDownCapture={chooseByKey}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** The key of a command chooses it while its menu is open. */
function chooseByKey(e: KeyboardEvent<HTMLElement>) {
  if (e.ctrlKey || e.altKey || e.metaKey || e.key.length !== 1) return;
  const item = e.currentTarget.querySelector<HTMLElement>(
    `[data-key="${CSS.escape(e.key.toUpperCase())}"]:not([data-disabled])`,
  );
  if (!item) return;
  e.preventDefault();
  e.stopPropagation();
  item.click();
}

type ContextMenuProps = {
  /** The element that a right click or a long press on opens it. */
  children: ReactElement;
  items: ReactNode;
  /** What the menu stands under; null means the pointer. */
  anchor?: Element | null;
  align?: "start" | "end";
  /** Where the focus goes when it closes; null and without it, back to where it was. */
  focusAfter?: () => HTMLElement | null;
};

/** Where there is no room below, above: never over the thing itself. */
const flip = { side: "flip", align: "shift", fallbackAxisSide: "none" } as const;

/** Commands for the thing under the pointer; the context-menu key opens it too. */
export function ContextMenu({ children, items, anchor, align, focusAfter }: ContextMenuProps) {
  const place =
    anchor && ({ anchor, align, side: "bottom", sideOffset: 4, collisionAvoidance: flip } as const);
  return (
    <BaseContext.Root>
      <BaseContext.Trigger render={children} />
      <BaseContext.Portal>
        <BaseContext.Positioner className={styles.positioner} collisionPadding={8} {...place}>
          <BaseContext.Popup
            className={styles.popup}
            finalFocus={() => focusAfter?.() ?? true}
            onKeyDownCapture={chooseByKey}
          >
            {items}
          </BaseContext.Popup>
        </BaseContext.Positioner>
      </BaseContext.Portal>
    </BaseContext.Root>
  );
}

type MenuItemProps = {
  icon?: LucideIcon;
  shortcut?: string | undefined;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
};

/** One command of a Menu or a ContextMenu. */
export function MenuItem({
  icon: Icon,
  shortcut,
  danger,
  disabled,
  onSelect,
  children,
}: MenuItemProps) {
  return (
    <Base.Item
      className={styles.item}
      data-danger={danger || undefined}
      data-key={shortcut?.length === 1 ? shortcut : undefined}
      disabled={disabled}
      onClick={onSelect}
    >
      {Icon && <Icon aria-hidden />}
      <span className={styles.text}>{children}</span>
      {shortcut && <Kbd keys={shortcut} plain />}
    </Base.Item>
  );
}

type SubmenuProps = {
  icon?: LucideIcon;
  /** Its name among the commands. */
  label: string;
  children: ReactNode;
};

/** Commands behind one of a menu. */
export function Submenu({ icon: Icon, label, children }: SubmenuProps) {
  return (
    <Base.SubmenuRoot>
      <Base.SubmenuTrigger className={styles.item}>
        {Icon && <Icon aria-hidden />}
        <span className={styles.text}>{label}</span>
        <ChevronRight aria-hidden />
      </Base.SubmenuTrigger>
      <Base.Portal>
        <Base.Positioner className={styles.positioner} sideOffset={4} collisionPadding={8}>
          <Base.Popup className={styles.popup}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.SubmenuRoot>
  );
}

type MenuCheckProps = {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
};

/** Something that is on or off; the menu stays open, so that several can be set. */
export function MenuCheck({ checked, onChange, children }: MenuCheckProps) {
  return (
    <Base.CheckboxItem
      className={styles.item}
      checked={checked}
      onCheckedChange={(on) => onChange(on)}
    >
      <span className={styles.check}>
        <Base.CheckboxItemIndicator>
          <Check aria-hidden />
        </Base.CheckboxItemIndicator>
      </span>
      <span className={styles.text}>{children}</span>
    </Base.CheckboxItem>
  );
}

type MenuTileProps = {
  /** Its name for a screen reader. */
  label: string;
  shortcut?: string;
  /** It is chosen already; choosing it again takes that back. */
  on?: boolean;
  onSelect: () => void;
  children: ReactNode;
};

/** One command of a row of them; put it in MenuTiles. */
export function MenuTile({ label, shortcut, on, onSelect, children }: MenuTileProps) {
  return (
    <Base.Item
      className={styles.tile}
      aria-label={label}
      title={shortcut ? `${label} (${shortcut})` : label}
      data-on={on || undefined}
      data-key={shortcut}
      onClick={onSelect}
    >
      {children}
    </Base.Item>
  );
}

/** Commands side by side: emoji. */
export function MenuTiles({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={styles.tiles} role="group" aria-label={label}>
      {children}
    </div>
  );
}

/** A line between groups of commands. */
export function MenuSeparator() {
  return <Base.Separator className={styles.separator} />;
}
