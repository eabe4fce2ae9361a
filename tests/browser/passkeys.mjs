// Passkeys in a real browser against a running shop: registered, used alone, as a second factor, as a
// step-up, and refused where they must be. `cargo xtask browser` runs it.
//
// SHOP_URL: the shop, empty, with its local pages. CHROMIUM: the browser's program.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

import { Chromium } from "./chromium.mjs";

const SHOP = process.env.SHOP_URL;
const EMAIL = "anna@example.com";
const PASSWORD = "ein Wal im Küchenschrank";

async function ask(method, path, body, token) {
  const headers = { "content-type": "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  const answer = await fetch(SHOP + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : null };
}

/** Somebody with an account, logged in with a password alone. */
async function account() {
  const asked = await ask("POST", "/v1/accounts", { email: EMAIL, password: PASSWORD });
  assert.equal(asked.status, 202, JSON.stringify(asked.body));
  await ask("GET", "/_cartwright/quiet?timeout_s=60");
  const mails = await ask("GET", "/_cartwright/mails");
  const code = mails.body.map((mail) => /^\d{8}$/m.exec(mail.text)?.[0]).find(Boolean);
  assert.ok(code, "no code was mailed");
  const proof = { registration_id: asked.body.registration_id, code };
  const verified = await ask("POST", "/v1/accounts/verify", proof);
  assert.equal(verified.status, 200, JSON.stringify(verified.body));
  return verified.body;
}

/** Serves the page on `localhost`, which browsers take for secure; and the address of it. */
async function storefront() {
  const page = await readFile(new URL("page.html", import.meta.url));
  const server = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(page));
  await new Promise((done) => server.listen(0, done));
  return { server, port: server.address().port };
}

const isIn = (answer) => {
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.equal(answer.body.status, "authenticated");
  return answer.body;
};

/** Each is a sentence that is true when it passes; they build on each other. */
const story = {
  async "a passkey is registered"({ tab, state }) {
    const created = await tab.call("register", state.session.access_token, "Laptop");
    assert.equal(created.status, 201, JSON.stringify(created.body));
    assert.equal(created.body.factor.name, "Laptop");
    assert.equal(created.body.recovery_codes.length, 10);
    const { credentials } = await tab.send("WebAuthn.getCredentials", { authenticatorId: state.authenticator });
    assert.equal(credentials.length, 1);
    assert.equal(credentials[0].rpId, "localhost");
    assert.equal(credentials[0].isResidentCredential, true);
  },

  async "after logging out it logs in by itself"({ tab, state }) {
    const { refresh_token } = state.session;
    const out = await ask("POST", "/v1/sessions/logout", { refresh_token });
    assert.ok(out.status < 300, JSON.stringify(out.body));
    const gone = await ask("GET", "/v1/account/factors", undefined, state.session.access_token);
    assert.equal(gone.status, 401);

    state.session = isIn(await tab.call("login"));
    const factors = await ask("GET", "/v1/account/factors", undefined, state.session.access_token);
    assert.equal(factors.status, 200);
    assert.ok(factors.body.factors[0].last_used_at);
  },

  async "it is the second factor after a password"({ tab }) {
    isIn(await tab.call("loginWithPassword", EMAIL, PASSWORD));
  },

  async "it proves once more who one is"({ tab, state }) {
    const raised = await tab.call("stepUp", state.session.access_token);
    assert.equal(raised.status, 200, JSON.stringify(raised.body));
    const codes = await ask("POST", "/v1/account/recovery-codes", undefined, raised.body.access_token);
    assert.equal(codes.status, 200, JSON.stringify(codes.body));
  },

  async "the same authenticator makes no second one for the account"({ tab, state }) {
    await assert.rejects(tab.call("register", state.session.access_token, "Again"), /InvalidStateError/);
  },

  async "a signature is used once"({ tab }) {
    const proof = await tab.call("sign");
    isIn(await ask("POST", "/v1/sessions/passkey", proof));
    const again = await ask("POST", "/v1/sessions/passkey", proof);
    assert.deepEqual([again.status, again.body.error.code], [409, "passkey_ceremony_over"]);
  },

  async "an authenticator that verifies nobody does not log in alone"({ tab, state }) {
    const verified = (isUserVerified) =>
      tab.send("WebAuthn.setUserVerified", { authenticatorId: state.authenticator, isUserVerified });
    await verified(false);
    await assert.rejects(tab.call("login"), /NotAllowedError/);
    await verified(true);
    isIn(await tab.call("login"));
  },

  async "a page of another host gets no signature"({ browser, port }) {
    const other = await browser.open(`http://127.0.0.1:${port}/?shop=${encodeURIComponent(SHOP)}`);
    await other.authenticator();
    await assert.rejects(other.call("login"), /SecurityError/);
  },

  async "a removed passkey opens nothing"({ tab, state }) {
    const token = state.session.access_token;
    const factors = await ask("GET", "/v1/account/factors", undefined, token);
    const { factor_id } = factors.body.factors[0];
    const kept = await ask("DELETE", `/v1/account/factors/${factor_id}`, undefined, token);
    assert.deepEqual([kept.status, kept.body.error.code], [409, "last_factor"]);
    const removed = await ask("DELETE", `/v1/account/factors/${factor_id}?last=true`, undefined, token);
    assert.equal(removed.status, 204);
    const refused = await tab.call("login");
    assert.deepEqual([refused.status, refused.body.error.code], [401, "passkey_not_recognized"]);
    isIn(await tab.call("loginWithPassword", EMAIL, PASSWORD));
  },
};

const session = await account();
const { server, port } = await storefront();
const browser = await Chromium.start(process.env.CHROMIUM);
try {
  const tab = await browser.open(`http://localhost:${port}/?shop=${encodeURIComponent(SHOP)}`);
  const state = { session, authenticator: await tab.authenticator() };
  for (const [sentence, act] of Object.entries(story)) {
    try {
      await act({ browser, tab, port, state });
    } catch (error) {
      error.message = `${sentence}: ${error.message}`;
      throw error;
    }
    console.log(`   ok: ${sentence}`);
  }
} finally {
  await browser.stop();
  server.close();
}
