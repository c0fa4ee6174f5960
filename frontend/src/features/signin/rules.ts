// What the server will ask of a new account, said while the user types.

export type UsernameFault = "short" | "long" | "chars";

/** What is wrong with a username; null when nothing is. */
export function usernameFault(username: string): UsernameFault | null {
  if (/[^a-zA-Z0-9_]/.test(username)) return "chars";
  if (username.length > 20) return "long";
  return username.length < 5 ? "short" : null;
}

/** Characters as the server counts them: Unicode code points. */
export const runes = (text: string) => [...text].length;

export const nicknameFits = (nickname: string) => {
  const n = runes(nickname.trim());
  return n >= 1 && n <= 32;
};

export const passwordFits = (password: string) => {
  const n = runes(password);
  return n >= 8 && n <= 128;
};
