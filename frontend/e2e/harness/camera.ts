import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Locator } from "@playwright/test";

/** What the browser's camera films: a Y4M file, read whenever the camera is started. */
export const film = join(import.meta.dirname, "../../test-results/camera.y4m");

const width = 640;
const height = 480;

/** Pixels of a QR code's module. */
const module = 6;

/** Holds a QR code of a page before the camera; without one, a grey wall. */
export async function point(code?: Locator) {
  const luma = Buffer.alloc(width * height, 128);
  if (code) {
    const svg = code.locator("svg");
    const size = Number((await svg.getAttribute("viewBox"))?.split(" ")[2]);
    const path = (await svg.locator("path").getAttribute("d")) ?? "";
    const left = Math.floor((width - size * module) / 2);
    const top = Math.floor((height - size * module) / 2);
    const fill = (x: number, y: number, side: number, value: number) => {
      for (let row = y; row < y + side; row++) {
        luma.fill(value, row * width + x, row * width + x + side);
      }
    };
    fill(left, top, size * module, 235);
    for (const [, x = "", y = ""] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
      fill(left + Number(x) * module, top + Number(y) * module, module, 16);
    }
  }
  const chroma = Buffer.alloc((width * height) / 2, 128);
  const frame = [Buffer.from("FRAME\n"), luma, chroma];
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`);
  await mkdir(dirname(film), { recursive: true });
  await writeFile(film, Buffer.concat([head, ...frame, ...frame]));
}
