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

/** English, which defines the keys. One file per feature. */
export const en = {
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
};

export type Keys = typeof en;
export type Key = keyof Keys;
