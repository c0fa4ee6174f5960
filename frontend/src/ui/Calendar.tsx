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
  marked: readonly Date[];
  onSelect: (day: Date) => void;
};

/** A month to choose a day from, none of them later than today. Arrow keys move between days. */
export function Calendar({ label, lang, month, onMonthChange, marked, onSelect }: CalendarProps) {
  return (
    <DayPicker
      mode="single"
      required
      selected={undefined}
      autoFocus
      aria-label={label}
      locale={lang === "en" ? enGB : zhCN}
      weekStartsOn={1}
      month={month}
      onMonthChange={onMonthChange}
      onSelect={onSelect}
      disabled={{ after: new Date() }}
      endMonth={new Date()}
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
        outside: styles.outside,
        disabled: styles.disabled,
      }}
    />
  );
}
