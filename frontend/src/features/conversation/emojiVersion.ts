// The picker asks the machine which emoji it can draw, but takes one that is
// drawn as nothing at all for drawn.

/** One emoji of each version of Emoji that brought some, newest first. */
const samples = [
  [17, "\u{1FAEA}"],
  [16, "\u{1FAE9}"],
  [15, "\u{1FAE8}"],
  [14, "\u{1FAE0}"],
  [13, "\u{1F972}"],
  [12, "\u{1F971}"],
] as const;

/** The newest version of Emoji that this machine draws in colour; undefined if that cannot be told. */
export function emojiVersion(draw: Draw | null = canvas()): number | undefined {
  if (!draw) return undefined;
  const drawn = (emoji: string) => {
    const [red, blue] = [draw(emoji, "#f00"), draw(emoji, "#00f")];
    return red.some((v) => v > 0) && red.every((v, i) => v === blue[i]);
  };
  return samples.find(([, emoji]) => drawn(emoji))?.[0];
}

/** Draws a text in a colour; the picture's bytes. */
type Draw = (text: string, colour: string) => Uint8ClampedArray;

function canvas(): Draw | null {
  const size = 24;
  const context = Object.assign(document.createElement("canvas"), {
    width: size,
    height: size,
  }).getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  const { fontFamily } = getComputedStyle(document.body);
  context.font = `${size / 2}px ${fontFamily}`;
  context.textBaseline = "top";
  return (text, colour) => {
    context.clearRect(0, 0, size, size);
    context.fillStyle = colour;
    context.fillText(text, 0, 4);
    return context.getImageData(0, 0, size, size).data;
  };
}
