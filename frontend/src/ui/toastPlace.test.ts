import { expect, test } from "vitest";
import { toastPlace } from "./toastPlace";

const box = (left: number, right: number, top = 0, bottom = 800) => ({
  left,
  right,
  top,
  bottom,
  width: right - left,
});
const wide = { width: 1280, height: 800 };
const narrow = { width: 390, height: 844 };

test("beside a conversation they stand in the list, and reach into no other pane", () => {
  const panes = {
    list: box(60, 348),
    main: box(348, 1280),
    messages: box(348, 1280, 104, 640),
  };
  expect(toastPlace(panes, wide)).toEqual({ left: 60, right: 932, bottom: 0 });
});

test("a conversation alone has them over its oldest messages in sight", () => {
  const panes = { main: box(0, 390, 0, 844), messages: box(0, 390, 104, 760) };
  expect(toastPlace(panes, narrow)).toEqual({ left: 0, right: 0, top: 104 });
});

test("a list alone has them above the tabs", () => {
  const panes = { list: box(0, 390, 0, 788), tabs: box(0, 390, 788, 844) };
  expect(toastPlace(panes, narrow)).toEqual({ left: 0, right: 0, bottom: 56 });
});

test("beside a list too narrow for them, and without any pane, they stand at the foot", () => {
  const panes = { list: box(60, 260), main: box(260, 1280) };
  expect(toastPlace(panes, wide)).toEqual({ left: 260, right: 0, bottom: 0 });
  expect(toastPlace({}, wide)).toEqual({ left: 0, right: 0, bottom: 0 });
});
