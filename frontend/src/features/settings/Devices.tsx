import { Pencil } from "lucide-react";
import { useEffect, useState } from "react";
import type { Device } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useStore } from "../../state/store";
import { useSubmit } from "../../state/useSubmit";
import { AlertDialog } from "../../ui/AlertDialog";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { CardRow } from "../../ui/CardRow";
import { Checkbox } from "../../ui/Checkbox";
import { IconButton } from "../../ui/IconButton";
import { Note } from "../../ui/Note";
import { Skeleton } from "../../ui/Skeleton";
import { Tag } from "../../ui/Tag";
import { useToast } from "../../ui/Toast";
import { DeviceNameDialog } from "./DeviceNameDialog";
import styles from "./Devices.module.css";
import { LinkDeviceDialog } from "./LinkDeviceDialog";
import { platformOf } from "./platforms";

type DevicesProps = { online: boolean };

/** A device was active that long ago at most while it is connected: the server notes it at times. */
const activeNowMS = 6 * 60_000;

/** Where the account is signed in, and ways to end that. */
export function Devices({ online }: DevicesProps) {
  const { devices: store } = useApp();
  const { t, formats } = useI18n();
  const toast = useToast();
  const { list: devices, error } = useStore(store);
  const [ending, setEnding] = useState<Device | "others" | null>(null);
  const [wipe, setWipe] = useState(false);
  const [linking, setLinking] = useState(false);
  const [naming, setNaming] = useState<Device | null>(null);
  const submit = useSubmit();

  // The list is the server's; it is asked whenever there is a connection again.
  useEffect(() => {
    if (online) void store.load();
  }, [online, store]);

  const active = (device: Device) =>
    formats.now() - device.active_ms < activeNowMS
      ? t("settings.device_active_now")
      : t("settings.device_active", { when: formats.ago(device.active_ms) });
  const others = devices?.filter((device) => !device.current).length ?? 0;
  const end = async (which: Device | "others") => {
    const done = await submit.run(() =>
      which === "others" ? store.endOthers(wipe) : store.end(which.id, wipe),
    );
    if (!done) return;
    setEnding(null);
    setWipe(false);
    toast({
      text:
        which === "others"
          ? t("settings.devices_ended")
          : t("settings.device_ended", { name: which.name }),
    });
  };
  return (
    <Card title={t("settings.devices")}>
      {!devices && !online && <CardRow title={t("settings.devices_unknown")} />}
      {!devices && online && !error && (
        <div className={styles.wait}>
          <Skeleton width={180} height={14} />
          <Skeleton width={260} height={12} />
        </div>
      )}
      {error && online && (
        <CardRow title={errorText(t, error)}>
          <Button variant="outline" onClick={() => void store.load()}>
            {t("common.retry")}
          </Button>
        </CardRow>
      )}
      {devices?.map((device) => {
        const { name: platform, icon: Icon } = platformOf(device.platform);
        return (
          <CardRow
            key={device.id}
            icon={
              <span className={styles.icon}>
                <Icon aria-hidden />
              </span>
            }
            title={
              <span className={styles.name}>
                {device.name}
                {device.current && <Tag tone="ok">{t("settings.device_this")}</Tag>}
              </span>
            }
            hint={[
              device.current
                ? t("settings.device_since", { when: formats.ago(device.created_ms) })
                : active(device),
              t(platform),
              device.app_version && `MyChat ${device.app_version}`,
              device.address,
            ]
              .filter(Boolean)
              .join(" · ")}
          >
            <IconButton
              icon={Pencil}
              label={t("settings.device_name_label", { name: device.name })}
              disabled={!online}
              onClick={() => setNaming(device)}
            />
            {!device.current && (
              <Button
                variant="outline"
                disabled={!online}
                aria-label={t("settings.device_end_label", { name: device.name })}
                onClick={() => setEnding(device)}
              >
                {t("settings.device_end")}
              </Button>
            )}
          </CardRow>
        );
      })}
      <CardRow title={t("link.device_row")} hint={t("link.device_row_hint")}>
        <Button variant="outline" disabled={!online} onClick={() => setLinking(true)}>
          {t("link.device_button")}
        </Button>
      </CardRow>
      {others > 1 && (
        <CardRow title={t("settings.devices_end_hint")}>
          <Button variant="outline" disabled={!online} onClick={() => setEnding("others")}>
            {t("settings.devices_end")}
          </Button>
        </CardRow>
      )}
      {linking && <LinkDeviceDialog onClose={() => setLinking(false)} />}
      {naming && <DeviceNameDialog device={naming} onClose={() => setNaming(null)} />}
      {ending && (
        <AlertDialog
          open
          onOpenChange={() => {
            submit.clear();
            setWipe(false);
            setEnding(null);
          }}
          title={
            ending === "others"
              ? t("settings.devices_end_title", { count: others })
              : t("settings.device_end_title", { name: ending.name })
          }
          text={
            ending === "others" ? t("settings.devices_end_text") : t("settings.device_end_text")
          }
          confirm={ending === "others" ? t("settings.devices_end") : t("settings.device_end")}
          cancel={t("common.cancel")}
          danger
          loading={submit.busy}
          onConfirm={() => void end(ending)}
        >
          <Checkbox checked={wipe} onChange={setWipe} hint={t("settings.device_wipe_hint")}>
            {ending === "others" ? t("settings.devices_wipe") : t("settings.device_wipe")}
          </Checkbox>
          {ending !== "others" && (
            <p className={styles.hint}>
              {[t(platformOf(ending.platform).name), active(ending), ending.address].join(" · ")}
            </p>
          )}
          {submit.error && (
            <Note tone="bad" role="alert">
              {errorText(t, submit.error)}
            </Note>
          )}
        </AlertDialog>
      )}
    </Card>
  );
}
