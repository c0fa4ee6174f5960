import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { SearchField } from "./SearchField";
import { TextField } from "./TextField";

const webKit = "Mozilla/5.0 (X11; Linux) AppleWebKit/605.1.15 Version/16.0 Safari/605.1.15";

const chromium = "Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36";

afterEach(() => vi.restoreAllMocks());

const engine = (userAgent: string) =>
  vi.spyOn(navigator, "userAgent", "get").mockReturnValue(userAgent);

/** What WebKitGTK tells when Enter chooses a candidate: one for the method, the end, and a plain one. */
function choose(field: HTMLElement) {
  fireEvent.compositionStart(field);
  fireEvent.keyDown(field, { key: "Enter", keyCode: 229 });
  fireEvent.compositionEnd(field);
  const plain = new KeyboardEvent("keydown", {
    key: "Enter",
    keyCode: 13,
    bubbles: true,
    cancelable: true,
  });
  fireEvent(field, plain);
  return plain;
}

test("the Enter that chose a candidate submits no form and acts in no search", () => {
  engine(webKit);
  const acted = vi.fn<(key: string) => void>();
  render(
    <>
      <TextField label="Remark" onKeyDown={(e) => acted(e.key)} />
      <SearchField
        label="Search"
        clearLabel="Clear"
        value=""
        onChange={() => undefined}
        onKeyDown={(e) => acted(e.key)}
      />
    </>,
  );
  for (const name of ["Remark", "Search"]) {
    const field = screen.getByLabelText(name);
    expect(choose(field).defaultPrevented).toBe(true);
    expect(acted).not.toHaveBeenCalled();
    fireEvent.keyUp(field, { key: "Enter" });
    fireEvent.blur(field);
  }
});

test("the user's own Enter acts at once in engines that tell of no late one", () => {
  engine(chromium);
  const acted = vi.fn<(key: string) => void>();
  render(<TextField label="Remark" onKeyDown={(e) => acted(e.key)} />);
  const field = screen.getByLabelText("Remark");
  fireEvent.compositionStart(field);
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });
  expect(acted).not.toHaveBeenCalled();
  fireEvent.compositionEnd(field);
  fireEvent.keyDown(field, { key: "Enter" });
  expect(acted).toHaveBeenCalledWith("Enter");
});
