import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { Server } from "./server";

const escaped = (text: string) => text.replace(/[&<"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** What a page says of itself. */
export type About = { title: string; description?: string; site?: string };

/** A web site on this machine, which a server of `start` reads. */
export class Site {
  #pages = new Map<string, About>();
  #server = createServer((request, response) => {
    const path = request.url ?? "/";
    this.asked.push(path);
    void this.#held.then(() => {
      const page = this.#pages.get(path);
      response.writeHead(page ? 200 : 404, { "Content-Type": "text/html; charset=utf-8" });
      const meta = (name: string, text = "") =>
        `<meta property="og:${name}" content="${escaped(text)}">`;
      response.end(
        page &&
          meta("title", page.title) +
            meta("description", page.description) +
            meta("site_name", page.site),
      );
    });
  });
  #held: Promise<void> = Promise.resolve();
  /** The paths that were asked for. */
  readonly asked: string[] = [];

  static async open() {
    const site = new Site();
    await new Promise<void>((resolve) => site.#server.listen(0, "127.0.0.1", resolve));
    return site;
  }

  get host() {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Puts a page at a path and returns its address. */
  page(path: string, about: About) {
    this.#pages.set(path, about);
    return `http://${this.host}${path}`;
  }

  /** Answers nothing until the returned function is called. */
  hold(): () => void {
    let release = () => {};
    this.#held = new Promise((resolve) => (release = resolve));
    return () => release();
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** A server that may read this site, although it is on this machine. */
  start(): Promise<Server> {
    const name = "mychat-nearserver";
    const bin = process.env.MYCHAT_TEST_BIN ?? "";
    execFileSync("go", ["build", "-trimpath", "-o", path.resolve(bin, name), "./test/nearserver"], {
      cwd: path.resolve(import.meta.dirname, "../../.."),
      stdio: "inherit",
    });
    return Server.start({ name, args: ["--reach", this.host] });
  }
}
