import { expect, test } from "vitest";
import { Store } from "./store";

class Count extends Store<number> {
  add() {
    this.set(this.getSnapshot() + 1);
  }
}

test("a store tells those who listen when its snapshot is replaced", () => {
  const count = new Count(0);
  const heard: string[] = [];
  const stopOne = count.subscribe(() => {
    heard.push(`one ${count.getSnapshot()}`);
    stopOne(); // While two and three have yet to hear.
    stopThree();
  });
  const stopTwo = count.subscribe(() => heard.push(`two ${count.getSnapshot()}`));
  const stopThree = count.subscribe(() => heard.push(`three ${count.getSnapshot()}`));
  count.add();
  count.add();
  expect(heard).toEqual(["one 1", "two 1", "two 2"]);
  expect(count.watched()).toBe(true);
  stopTwo();
  stopTwo();
  expect(count.watched()).toBe(false);
});

test("a listener that leaves does not take another's place along", () => {
  const count = new Count(0);
  const heard: string[] = [];
  const listen = () => heard.push("twice");
  const stop = count.subscribe(listen);
  count.subscribe(listen);
  stop();
  stop();
  count.add();
  expect(heard).toEqual(["twice"]);
});
