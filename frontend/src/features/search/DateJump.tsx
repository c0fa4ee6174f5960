import { useEffect, useState } from "react";
import { CalendarDays } from "lucide-react";
import { BridgeError } from "../../bridge/error";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { IconButton } from "../../ui/IconButton";
import { LazyCalendar } from "../../ui/LazyCalendar";
import { Popover } from "../../ui/Popover";
import { useToast } from "../../ui/Toast";
import { daysOf } from "./days";

type DateJumpProps = {
  conversationId: string;
  /** It went to a day. */
  onJump: () => void;
};

/** A calendar that goes to the first message of a day. */
export function DateJump({ conversationId, onJump }: DateJumpProps) {
  const { bridge, navigation } = useApp();
  const { t, locale } = useI18n();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const [month, setMonth] = useState(() => new Date());
  const [marked, setMarked] = useState<readonly Date[]>([]);

  // Which days have messages comes from Go.
  useEffect(() => {
    if (!open) return;
    let left = false;
    bridge
      .call("Search", "Days", { conversation_id: conversationId, starts_ms: daysOf(month) })
      .then((days) => {
        if (!left) setMarked(days.map((ms) => new Date(ms)));
      })
      .catch((cause: unknown) => {
        if (!left) toast({ tone: "error", text: errorText(t, BridgeError.from(cause)) });
      });
    return () => {
      left = true;
    };
  }, [bridge, conversationId, month, open, t, toast]);

  const jump = async (day: Date) => {
    setOpen(false);
    try {
      const seq = await bridge.call("Search", "AtDate", {
        conversation_id: conversationId,
        ms: day.getTime(),
      });
      if (seq > 0) {
        navigation.openConversation(conversationId, seq);
        onJump();
      } else toast({ text: t("find.no_messages") });
    } catch (cause) {
      toast({ tone: "error", text: errorText(t, BridgeError.from(cause)) });
    }
  };

  return (
    <Popover
      trigger={<IconButton icon={CalendarDays} label={t("find.jump")} />}
      label={t("find.jump")}
      align="end"
      open={open}
      onOpenChange={setOpen}
    >
      <LazyCalendar
        loadingLabel={t("common.loading")}
        label={t("find.calendar")}
        lang={locale}
        month={month}
        onMonthChange={setMonth}
        marked={marked}
        onSelect={(day) => void jump(day)}
      />
    </Popover>
  );
}
