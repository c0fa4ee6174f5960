import { expect, test } from "vitest";
import { message } from "../../testing/fakeTransport";
import type { ComposerHandle } from "./Composer";
import { Writing } from "./writing";
import type { Draft, KeptEdit } from "./writing";

/** A composer without a page: the text alone. */
function composer(busy = false) {
  const field = { value: "" };
  const handle: ComposerHandle = {
    focus: () => undefined,
    flush: () => undefined,
    take: () => undefined,
    text: () => field.value,
    follow: (text) => {
      if (busy) return false;
      field.value = text;
      return true;
    },
    putBack: (text) => (field.value = text + field.value),
    swap: (text) => {
      const before = field.value;
      field.value = text;
      return before;
    },
  };
  return { field, handle };
}

function begin(busy?: boolean) {
  const saved: Draft[] = [];
  const edits: KeptEdit[] = [];
  const { field, handle } = composer(busy);
  const writing = new Writing(
    (draft) => saved.push(draft),
    (edit) => edits.push(edit),
  );
  writing.attach(handle);
  return { writing, field, saved, edits };
}

test("what a draft answers is kept with it, and goes when it is closed", () => {
  const { writing, field, saved } = begin();
  field.value = "yes";
  writing.answer(message(7));
  writing.keep("yes!");
  writing.close();
  expect(saved).toEqual([
    { text: "yes", refSeq: 7 },
    { text: "yes!", refSeq: 7 },
    { text: "yes", refSeq: 0 },
  ]);
});

test("an edit puts the draft and what it answers aside, and brings both back", () => {
  const { writing, field } = begin();
  writing.answer(message(7));
  field.value = "draft";
  writing.edit(message(3, { text: "old words" }));
  expect(field.value).toBe("old words");
  expect(writing.refSeq()).toBe(7);
  writing.close();
  expect(field.value).toBe("draft");
  expect(writing.getSnapshot()).toMatchObject({ kind: "answer", seq: 7 });
});

test("a draft from elsewhere is followed with what it answers, but not one from here", () => {
  const { writing, field } = begin();
  writing.answer(message(7));
  writing.keep("mine");
  writing.sent();
  writing.follow({ text: "mine", refSeq: 7 });
  expect(writing.getSnapshot()).toBeNull();
  writing.follow({ text: "from elsewhere", refSeq: 4 });
  expect(field.value).toBe("from elsewhere");
  expect(writing.getSnapshot()).toMatchObject({ kind: "answer", seq: 4, message: null });
  writing.follow({ text: "", refSeq: 0 });
  expect(writing.getSnapshot()).toBeNull();
});

test("nothing from elsewhere comes over what is being written", () => {
  const { writing } = begin(true);
  writing.follow({ text: "from elsewhere", refSeq: 4 });
  expect(writing.getSnapshot()).toBeNull();
});

test("what an edit came to is kept apart from the draft until it ends", () => {
  const { writing, field, saved, edits } = begin();
  field.value = "draft";
  writing.edit(message(3, { text: "old words" }));
  writing.keep("old words and new");
  expect(edits).toEqual([{ seq: 3, text: "old words and new" }]);
  expect(saved).toEqual([]);
  writing.close();
  expect(edits.at(-1)).toEqual({ seq: 0, text: "" });
  expect(field.value).toBe("draft");
});

test("an edit goes on where it was left, and what the draft answers comes back after it", () => {
  const { writing, field } = begin();
  writing.begin(7, null);
  field.value = "draft";
  writing.editOn(message(3, { text: "old words" }), "half an edit");
  expect(field.value).toBe("half an edit");
  writing.begin(7, message(7)); // What is answered was found meanwhile.
  expect(writing.getSnapshot()).toMatchObject({ kind: "edit" });
  writing.close();
  expect(field.value).toBe("draft");
  expect(writing.getSnapshot()).toMatchObject({ kind: "answer", message: { seq: 7 } });
});
