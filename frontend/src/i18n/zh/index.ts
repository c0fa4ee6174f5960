import { chat } from "./chat";
import { common } from "./common";
import { contacts } from "./contacts";
import { errors } from "./errors";
import { folders } from "./folders";
import { forward } from "./forward";
import { keys } from "./keys";
import { later } from "./later";
import { marks } from "./marks";
import { search } from "./search";
import { settings } from "./settings";
import { signin } from "./signin";
import { storage } from "./storage";
import type { Keys } from "../en/index";
import type { Translation } from "../translate";

/** Simplified Chinese. */
export const zh = {
  ...common,
  ...errors,
  ...signin,
  ...settings,
  ...chat,
  ...contacts,
  ...search,
  ...folders,
  ...forward,
  ...storage,
  ...later,
  ...marks,
  ...keys,
} satisfies Translation<Keys>;
