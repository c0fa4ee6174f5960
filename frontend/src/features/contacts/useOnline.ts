import { useApp } from "../../state/app";
import { useSelect } from "../../state/store";

/** Whether what needs the server can be done now. */
export const useOnline = (): boolean =>
  useSelect(useApp().connection, (c) => c.state === "online" || c.state === "syncing");
