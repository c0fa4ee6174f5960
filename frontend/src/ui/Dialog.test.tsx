import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { expect, test, vi } from "vitest";
import { Dialog } from "./Dialog";
import { IconButton } from "./IconButton";
import { UiProvider } from "./UiProvider";
import { X } from "lucide-react";

const show = (children: ReactNode) =>
  render(
    <UiProvider closeLabel="Close">
      <Dialog open onOpenChange={() => {}} title="Record" closeLabel="Close">
        {children}
      </Dialog>
    </UiProvider>,
  );

test("a dialog begins at its first field, and without one at itself", async () => {
  const { unmount } = show(<input aria-label="Name" />);
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Name")));
  unmount();
  show(<button type="button">Refuse</button>);
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByRole("dialog")));
});

test("a focus that came by key is explained, one that was given is not", async () => {
  const user = userEvent.setup();
  render(
    <UiProvider closeLabel="Close">
      <IconButton icon={X} label="First" />
      <IconButton icon={X} label="Second" />
    </UiProvider>,
  );
  screen.getByRole("button", { name: "First" }).focus();
  await user.tab();
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Second" }));
  await screen.findByText("Second");
  await user.keyboard("{Escape}");
  await vi.waitFor(() => expect(screen.queryByText("Second")).toBeNull());
  await act(() => Promise.resolve(screen.getByRole("button", { name: "First" }).focus()));
  expect(screen.queryByText("First")).toBeNull();
});
