import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import type { AppState } from "./state/app";

/** Shows the page. */
export function show(app: AppState) {
  const root = document.getElementById("root");
  if (!root) throw new Error("index.html has no root");
  createRoot(root).render(
    <StrictMode>
      <App app={app} />
    </StrictMode>,
  );
}
