// A headless Chromium, driven over `--remote-debugging-pipe`: the DevTools protocol as JSON texts with
// a zero byte behind each, without a socket and without a library.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-pipe",
];
const ANSWER_MS_MAX = 30_000;

export class Chromium {
  #process;
  #folder;
  #waiting = new Map();
  #last = 0;

  /** Starts a browser with an empty profile of its own. */
  static async start(path) {
    const browser = new Chromium();
    browser.#folder = await mkdtemp(join(tmpdir(), "shop-browser-"));
    const flags = [...FLAGS, `--user-data-dir=${browser.#folder}`];
    browser.#process = spawn(path, flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    browser.#process.on("exit", (code) => browser.#end(new Error(`chromium ended (${code})`)));
    browser.#process.on("error", (error) => browser.#end(error));
    browser.#read(browser.#process.stdio[4]);
    return browser;
  }

  /** Ends it and forgets its profile. */
  async stop() {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    await this.send("Browser.close").catch(() => this.#process.kill());
    await ended;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** A tab that shows this address. */
  async open(url) {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const tab = new Tab(this, sessionId);
    await tab.send("Page.enable");
    await tab.send("Page.navigate", { url });
    await tab.run("new Promise((done) => document.readyState === 'complete' ? done() : addEventListener('load', done))");
    return tab;
  }

  /** One command of the protocol. */
  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#last;
    this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${method}: no answer`)), ANSWER_MS_MAX);
      this.#waiting.set(id, { method, resolve, reject, late });
    });
  }

  #read(stream) {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (text) => {
      const messages = (rest + text).split("\0");
      rest = messages.pop();
      for (const message of messages) this.#hear(JSON.parse(message));
    });
  }

  #hear({ id, result, error }) {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.late);
    if (error) waiting.reject(new Error(`${waiting.method}: ${error.message}`));
    else waiting.resolve(result);
  }

  #end(error) {
    for (const { reject, late } of this.#waiting.values()) {
      clearTimeout(late);
      reject(error);
    }
    this.#waiting.clear();
  }
}

class Tab {
  #browser;
  #session;

  constructor(browser, session) {
    this.#browser = browser;
    this.#session = session;
  }

  send(method, params = {}) {
    return this.#browser.send(method, params, this.#session);
  }

  /** Gives the tab a platform authenticator that verifies whoever is there. */
  async authenticator() {
    await this.send("WebAuthn.enable", { enableUI: false });
    const options = {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    };
    const { authenticatorId } = await this.send("WebAuthn.addVirtualAuthenticator", { options });
    return authenticatorId;
  }

  /** The value of an expression of the page, awaited; its exception is an error here. */
  async run(expression) {
    const evaluated = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", evaluated);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Calls a function of the page with JSON arguments. */
  call(name, ...values) {
    return this.run(`${name}(${values.map((value) => JSON.stringify(value)).join(", ")})`);
  }
}
