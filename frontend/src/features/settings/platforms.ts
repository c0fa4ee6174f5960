import { Globe, Laptop, Monitor, Smartphone } from "lucide-react";
import type { Key } from "../../i18n";

type Platform = { name: Extract<Key, `platform.${string}`>; icon: typeof Monitor };

const other: Platform = { name: "platform.other", icon: Monitor };

const platforms: Partial<Record<string, Platform>> = {
  windows: { name: "platform.windows", icon: Monitor },
  macos: { name: "platform.macos", icon: Laptop },
  linux: { name: "platform.linux", icon: Monitor },
  android: { name: "platform.android", icon: Smartphone },
  ios: { name: "platform.ios", icon: Smartphone },
  web: { name: "platform.web", icon: Globe },
};

/** What a device says it runs on, in words and as a picture. */
export const platformOf = (platform: string): Platform => platforms[platform] ?? other;
