import { DayPicker } from "react-day-picker";
import { enGB, zhCN } from "react-day-picker/locale";
import styles from "./Calendar.module.css";

type CalendarProps = {
  /** Its name for a screen reader. */
  label: string;
  lang: "en" | "zh-CN";
  /** Any day of the month to show. */
  month: Date;
  onMonthChange: (month: Date) => void;
  /** Days with something on them. */
  marked?: readonly Date[];
  /** The chosen day. */
  selected?: Date;
  /** The first and the last day to choose; without them any up to today. */
  from?: Date;
  to?: Date;
  onSelect: (day: Date) => void;
};

/** A month to choose a day from. Arrow keys move between days. */
export function Calendar(props: CalendarProps) {
  const { label, lang, month, onMonthChange, marked = [], selected, from, onSelect } = props;
  const to = props.to ?? new Date();
  return (
    <DayPicker
      mode="single"
      required
      selected={selected}
      autoFocus
      aria-label={label}
      locale={lang === "en" ? enGB : zhCN}
      weekStartsOn={1}
      month={month}
      onMonthChange={onMonthChange}
      onSelect={onSelect}
      disabled={from ? [{ before: from }, { after: to }] : { after: to }}
      {...(from && { startMonth: from })}
      endMonth={to}
      modifiers={{ marked: [...marked] }}
      modifiersClassNames={{ marked: styles.marked ?? "" }}
      classNames={{
        root: styles.root,
        months: styles.months,
        month: styles.month,
        month_caption: styles.caption,
        nav: styles.nav,
        button_previous: styles.step,
        button_next: styles.step,
        chevron: styles.chevron,
        month_grid: styles.grid,
        weekday: styles.weekday,
        day: styles.day,
        day_button: styles.button,
        today: styles.today,
        selected: styles.selected,
        outside: styles.outside,
        disabled: styles.disabled,
      }}
    />
  );
}
