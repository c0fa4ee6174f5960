import type { Proxy } from "../../bridge/types";

/** Whether an address is host:port with a port that exists. */
export function validAddress(address: string): boolean {
  const match = /^(?:\[[0-9a-fA-F:]+\]|[^\s:/@]+):(\d{1,5})$/.exec(address.trim());
  const port = Number(match?.[1] ?? 0);
  return port >= 1 && port <= 65_535;
}

/** The proxy as it is kept: nothing but its kind where there is no address. */
export function cleanProxy(proxy: Proxy): Proxy {
  const kind = proxy.kind || "system";
  if (kind === "none" || kind === "system") {
    return { kind, address: "", username: "", password: "" };
  }
  return { ...proxy, kind, address: proxy.address.trim(), username: proxy.username.trim() };
}

/** Whether the proxy cannot be used as it stands. */
export const badProxy = (proxy: Proxy) =>
  (proxy.kind === "http" || proxy.kind === "socks5") && !validAddress(proxy.address);
