import { useState } from "react";
import { useI18n } from "../../i18n";
import { Button } from "../../ui/Button";
import { LazyCalendar } from "../../ui/LazyCalendar";
import { Popover } from "../../ui/Popover";
import { Select } from "../../ui/Select";
import { spans } from "./spans";
import type { When } from "./spans";
import styles from "./WhenSelect.module.css";

type WhenSelectProps = { value: When; onChange: (when: When) => void };

/** Chooses when something was said: how far back, or between two days. */
export function WhenSelect({ value, onChange }: WhenSelectProps) {
  const { t } = useI18n();
  const { span, first, last } = value;
  return (
    <div className={styles.when}>
      <Select
        label={t("search.date")}
        value={span}
        options={spans(t)}
        onChange={(chosen) => onChange({ ...value, span: chosen })}
      />
      {span === "days" && (
        <>
          <Day
            label={t("search.first_day")}
            day={first}
            to={last}
            onChange={(day) => onChange({ ...value, first: day })}
          />
          <Day
            label={t("search.last_day")}
            day={last}
            from={first}
            onChange={(day) => onChange({ ...value, last: day })}
          />
        </>
      )}
    </div>
  );
}

type DayProps = {
  label: string;
  day: Date | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
  onChange: (day: Date) => void;
};

function Day({ label, day, from, to, onChange }: DayProps) {
  const { t, locale, formats } = useI18n();
  const [open, setOpen] = useState(false);
  const [month, setMonth] = useState(() => day ?? to ?? new Date());
  const words = day ? formats.day(day.getTime()) : t("search.any_day");
  return (
    <Popover
      trigger={
        <Button className={styles.day} aria-label={`${label}: ${words}`}>
          {day ? words : label}
        </Button>
      }
      label={label}
      align="end"
      open={open}
      onOpenChange={setOpen}
    >
      <LazyCalendar
        loadingLabel={t("common.loading")}
        label={label}
        lang={locale}
        month={month}
        onMonthChange={setMonth}
        {...(day && { selected: day })}
        {...(from && { from })}
        {...(to && { to })}
        onSelect={(chosen) => {
          setOpen(false);
          onChange(chosen);
        }}
      />
    </Popover>
  );
}
