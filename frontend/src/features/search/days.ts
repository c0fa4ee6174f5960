/** Where each local day of a month begins, and where the last one ends, in Unix milliseconds. */
export function daysOf(month: Date): number[] {
  const [year, at] = [month.getFullYear(), month.getMonth()];
  const days = new Date(year, at + 1, 0).getDate();
  return Array.from({ length: days + 1 }, (_, i) => new Date(year, at, i + 1).getTime());
}
