// Before every component: their styles come after the ground they stand on.
import "./ui/tokens.css";
import "./ui/base.css";
import { connect } from "./bridge/connect";
import { AppState } from "./state/app";
import { applyEvents } from "./state/apply";
import { known } from "./state/known";

/** How long the first paint waits for the engine's first answers, in milliseconds. */
const patienceMs = 150;

// The engine answers while the components are still being loaded, so that the
// first paint mostly is the real screen and no skeleton of it.
const app = new AppState(connect());
applyEvents(app);
void Promise.all([import("./Page"), known(app, patienceMs)]).then(([page]) => page.show(app));
