/** The widest name of a folder, in letters; protocol.MaxFolderName. */
export const widest = 24;

/** As many as the server takes; protocol.MaxFolders. */
export const mostFolders = 20;

/** How wide a name is, in letters: characters of East Asia and emoji count as two. */
export const widthOf = (name: string): number =>
  [...name].reduce((sum, c) => sum + ((c.codePointAt(0) ?? 0) >= 0x2e80 ? 2 : 1), 0);

/** Whether two names look the same in the list. */
export const sameName = (a: string, b: string): boolean => plainOf(a) === plainOf(b);

const plainOf = (name: string) => name.trim().normalize("NFKC").toLowerCase();

/** Whether a folder can be called that. */
export const fitsFolder = (name: string): boolean => {
  const width = widthOf(name.trim());
  return width >= 1 && width <= widest;
};
