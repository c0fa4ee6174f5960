import { expect } from "@playwright/test";
import type { Locator } from "@playwright/test";

/** Where something stands in the window, once it has stopped moving. */
export async function boxOf(locator: Locator) {
  await locator.evaluate((el) =>
    Promise.all(el.getAnimations({ subtree: true }).map((a) => a.finished)).catch(() => undefined),
  );
  const box = await locator.boundingBox();
  if (!box) throw new Error("it is not shown");
  return { left: box.x, right: box.x + box.width, top: box.y, bottom: box.y + box.height };
}

/** Fails if one thing covers a part of the other. */
export async function expectApart(one: Locator, other: Locator) {
  await expect(async () => {
    const [a, b] = [await boxOf(one), await boxOf(other)];
    const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
    expect(apart, `${JSON.stringify(a)} and ${JSON.stringify(b)} are apart`).toBe(true);
  }).toPass();
}
