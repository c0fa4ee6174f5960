/** A server's address as people say it: without the scheme they expect. */
export const serverName = (address: string) =>
  address.replace(/^https:\/\//, "").replace(/\/+$/, "");
