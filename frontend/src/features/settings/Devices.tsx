import { Globe, Laptop, Monitor } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { BridgeError } from "../../bridge/error";
import type { Device } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { errorText } from "../../i18n/errors";
import { useApp } from "../../state/app";
import { useSubmit } from "../../state/useSubmit";
import { AlertDialog } from "../../ui/AlertDialog";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { CardRow } from "../../ui/CardRow";
import { Note } from "../../ui/Note";
import { Skeleton } from "../../ui/Skeleton";
import { Tag } from "../../ui/Tag";
import { useToast } from "../../ui/Toast";
import styles from "./Devices.module.css";

type DevicesProps = { online: boolean };

const icons: Record<string, typeof Monitor> = { web: Globe, macos: Laptop };

/** Where the account is signed in, and a way to end that. */
export function Devices({ online }: DevicesProps) {
  const { bridge } = useApp();
  const { t, formats } = useI18n();
  const toast = useToast();
  const [devices, setDevices] = useState<Device[]>();
  const [error, setError] = useState<BridgeError | null>(null);
  const [ending, setEnding] = useState<Device | null>(null);
  const submit = useSubmit();

  const load = useCallback(
    () =>
      bridge.call("Settings", "Devices").then(
        (list) => {
          setDevices(list);
          setError(null);
        },
        (cause: unknown) => setError(BridgeError.from(cause)),
      ),
    [bridge],
  );
  // The list is the server's; it is asked whenever there is a connection again.
  useEffect(() => {
    if (online) void load();
  }, [online, load]);

  const end = async (device: Device) => {
    const request = { device_id: device.id };
    if (await submit.run(() => bridge.call("Settings", "EndDevice", request))) {
      setEnding(null);
      toast({ text: t("settings.device_ended", { name: device.name }) });
      await load();
    }
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
          <Button variant="outline" onClick={() => void load()}>
            {t("common.retry")}
          </Button>
        </CardRow>
      )}
      {devices?.map((device) => {
        const Icon = icons[device.platform] ?? Monitor;
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
                : t("settings.device_active", { when: formats.ago(device.active_ms) }),
              device.address,
              device.app_version && `MyChat ${device.app_version}`,
            ]
              .filter(Boolean)
              .join(" · ")}
          >
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
      {ending && (
        <AlertDialog
          open
          onOpenChange={() => {
            submit.clear();
            setEnding(null);
          }}
          title={t("settings.device_end_title", { name: ending.name })}
          text={t("settings.device_end_text")}
          confirm={t("settings.device_end")}
          cancel={t("common.cancel")}
          danger
          loading={submit.busy}
          onConfirm={() => void end(ending)}
        >
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
