declare module "virtual:licences" {
  type Licence = { name: string; version: string; licence: string };
  /** The page's own packages. */
  export const npm: readonly Licence[];
  /** The program's Go modules; empty where the build made no list. */
  export const go: readonly Licence[];
}
