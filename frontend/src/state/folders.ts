import type { Bridge } from "../bridge";
import type { Folder } from "../bridge/types";
import { Store } from "./store";

export type FoldersSnapshot = {
  /** The user's own folders in their order. Undefined until known. */
  list: readonly Folder[] | undefined;
  /** The open dialog: for all folders, or for those of one conversation. Null when it is closed. */
  dialog: { conversationId: string | null } | null;
};

const none: FoldersSnapshot = { list: undefined, dialog: null };

/** The folders that the user made, the same on all of their devices. */
export class FoldersStore extends Store<FoldersSnapshot> {
  #generation = 0;

  constructor(private readonly bridge: Bridge) {
    super(none);
  }

  async load() {
    const generation = ++this.#generation;
    const list = await this.bridge.call("Chat", "Folders");
    if (generation === this.#generation) this.set({ ...this.getSnapshot(), list });
  }

  /** Makes a folder, without an id, or gives one another name or place, from 0. */
  async put(id: string, name: string, at: number): Promise<Folder> {
    const folder = await this.bridge.call("Chat", "PutFolder", { id, name, at });
    await this.load();
    return folder;
  }

  /** Takes a folder away; its conversations stay. */
  async remove(id: string) {
    await this.bridge.call("Chat", "RemoveFolder", { id });
    await this.load();
  }

  /** Opens the dialog for all folders, or for those of one conversation. */
  open(conversationId: string | null = null) {
    this.set({ ...this.getSnapshot(), dialog: { conversationId } });
  }

  close() {
    this.set({ ...this.getSnapshot(), dialog: null });
  }

  clear() {
    this.#generation++;
    this.set(none);
  }
}
