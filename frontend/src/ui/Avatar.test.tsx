import { readFileSync } from "node:fs";
import { join } from "node:path";
import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { Avatar } from "./Avatar";

const sizes = [32, 36, 40, 44, 48, 64, 84, 96] as const;

test("each size has a rule, and no picture a style of its own, which WebKitGTK would keep", () => {
  const css = readFileSync(join(import.meta.dirname, "Avatar.module.css"), "utf8");
  for (const size of sizes) {
    const { container } = render(<Avatar id="a" name="Ana" size={size} presence="online" />);
    expect(container.querySelectorAll("[style]")).toHaveLength(0);
    expect(container.querySelector(`[data-size="${size}"]`)).not.toBeNull();
    expect(css).toContain(`.avatar[data-size="${size}"] {\n  --size: ${size}px;`);
  }
});
