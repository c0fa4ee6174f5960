import { render, screen } from "@testing-library/react";
import decodeQR from "qr/decode.js";
import { expect, test } from "vitest";
import { QrCode } from "./QrCode";

/** Pixels of one module in the picture that is decoded. */
const scale = 6;

/** What a camera would see: the path of the code as pixels, with the mark over its middle. */
function picture(code: HTMLElement) {
  const svg = code.querySelector("svg");
  const size = Number(svg?.getAttribute("viewBox")?.split(" ")[2]);
  const width = size * scale;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  const dark = (x: number, y: number) => data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
  const path = svg?.querySelector("path")?.getAttribute("d") ?? "";
  for (const [, x = "", y = ""] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let dy = 0; dy < scale; dy++) {
      for (let dx = 0; dx < scale; dx++) dark(Number(x) * scale + dx, Number(y) * scale + dy);
    }
  }
  // 42 of 188 pixels, as the style sheet has it.
  const mark = Math.ceil((width * 42) / 188);
  const from = Math.floor((width - mark) / 2);
  for (let y = from; y < from + mark; y++) {
    data.fill(255, (y * width + from) * 4, (y * width + from + mark) * 4);
  }
  return { width, height: width, data };
}

test.each([
  "mychat:link?code=K7QF2MXD&server=https%3A%2F%2Fchat.example",
  "mychat:link?code=ZZZZ9999&server=https%3A%2F%2Fa-rather-long-name.of-a-company.example%3A18443",
  "mychat:link?code=22222222&server=http%3A%2F%2F%5B2001%3Adb8%3A%3A1%5D%3A9999",
])("a reader of QR codes finds %s in it", (text) => {
  render(<QrCode text={text} label="Code" />);
  expect(decodeQR(picture(screen.getByRole("img", { name: "Code" })))).toBe(text);
});
