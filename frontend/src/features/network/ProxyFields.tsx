import type { Proxy, ProxyKind } from "../../bridge/types";
import { useI18n } from "../../i18n";
import { PasswordField } from "../../ui/PasswordField";
import { Segment } from "../../ui/Segment";
import { TextField } from "../../ui/TextField";
import styles from "./ProxyFields.module.css";

type ProxyFieldsProps = {
  proxy: Proxy;
  onChange: (proxy: Proxy) => void;
  /** What is wrong with the address. */
  error?: string;
  /** A password is kept, so that an empty field leaves it as it is. */
  passwordKept: boolean;
};

/** How to reach servers: directly, as the system says, or through a proxy. */
export function ProxyFields({ proxy, onChange, error, passwordKept }: ProxyFieldsProps) {
  const { t } = useI18n();
  const kind: ProxyKind = proxy.kind || "system";
  const change = (patch: Partial<Proxy>) => onChange({ ...proxy, ...patch });
  return (
    <div className={styles.fields}>
      <div className={styles.kinds}>
        <Segment<ProxyKind>
          label={t("server.proxy")}
          value={kind}
          options={[
            { value: "none", label: t("server.proxy_none") },
            { value: "system", label: t("server.proxy_system") },
            { value: "http", label: t("server.proxy_http") },
            { value: "socks5", label: t("server.proxy_socks5") },
          ]}
          onChange={(value) => change({ kind: value })}
        />
      </div>
      {kind === "none" && <p className={styles.hint}>{t("server.proxy_none_hint")}</p>}
      {kind === "system" && <p className={styles.hint}>{t("server.proxy_system_hint")}</p>}
      {(kind === "http" || kind === "socks5") && (
        <>
          <TextField
            label={t("server.proxy_address")}
            placeholder={kind === "http" ? "127.0.0.1:8080" : "127.0.0.1:1080"}
            value={proxy.address}
            error={error}
            autoCapitalize="off"
            autoCorrect="off"
            spellCheck={false}
            onChange={(e) => change({ address: e.target.value })}
          />
          <div className={styles.pair}>
            <TextField
              label={t("server.proxy_username")}
              value={proxy.username}
              autoComplete="off"
              autoCapitalize="off"
              onChange={(e) => change({ username: e.target.value })}
            />
            <PasswordField
              label={t("server.proxy_password")}
              placeholder={passwordKept ? t("server.proxy_password_kept") : undefined}
              showLabel={t("common.show_password")}
              hideLabelText={t("common.hide_password")}
              value={proxy.password}
              autoComplete="off"
              onChange={(e) => change({ password: e.target.value })}
            />
          </div>
        </>
      )}
    </div>
  );
}
