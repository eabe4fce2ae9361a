// The shop as a client: people sign in with an unmodified `oidc-provider`.
//
// Settings: SHOP_URL, STAFF_KEY, and an access token of somebody who is logged in: TOKEN, of EMAIL.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import Provider from "oidc-provider";
import { Browser } from "./browser.mjs";

const { SHOP_URL, STAFF_KEY, TOKEN, EMAIL } = process.env;
const told = (words) => console.log(`ok: ${words}`);

/** Calls the shop's API. */
async function shop(method, path, { body, bearer } = {}) {
  const headers = { ...(body && { "content-type": "application/json" }), ...(bearer && { authorization: `Bearer ${bearer}` }) };
  const response = await fetch(`${SHOP_URL}${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: text && JSON.parse(text), text };
}

// The provider: whoever types a name is that person.
const people = {
  new: { email: "new@example.com", email_verified: true, name: "Somebody New" },
  thief: { email: EMAIL, email_verified: true },
  unproven: { email: "unproven@example.com", email_verified: false },
  owner: { email: "other@example.com", email_verified: true },
};
const server = createServer().listen(0, "127.0.0.1");
await once(server, "listening");
const issuer = `http://127.0.0.1:${server.address().port}`;

async function setUp(name) {
  const made = await shop("PUT", `/v1/admin/identity-providers/${name}`, {
    bearer: STAFF_KEY,
    body: { title: "Elsewhere", issuer, client_id: "cartwright", client_secret: "a secret of the provider", enabled: true },
  });
  assert.equal(made.status, 200, made.text);
  assert.ok(!made.text.includes("a secret of the provider"));
  return made.body.redirect_uri;
}

const redirect_uri = await setUp("elsewhere");
const provider = new Provider(issuer, {
  clients: [{ client_id: "cartwright", client_secret: "a secret of the provider", redirect_uris: [redirect_uri] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["a test"] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  pkce: { required: () => true },
});
server.on("request", provider.callback());

/** Goes to the provider as this person and comes back with what the storefront gets. */
async function elsewhere(begun, login) {
  assert.equal(begun.status, 200, begun.text);
  const browser = new Browser();
  let page = await browser.visit(begun.body.authorization_url);
  for (let step = 0; !page.left && step < 4; step++) page = await browser.submit(page, { login, password: "any" });
  assert.ok(page.url.href.startsWith(redirect_uri), page.url.href);
  const answer = page.url.searchParams;
  return {
    code: answer.get("code"), state: answer.get("state"), iss: answer.get("iss"),
    browser_secret: begun.body.browser_secret,
  };
}

const begin = () => shop("POST", "/v1/sessions/providers/elsewhere", { body: {} });
const finish = (body) => shop("POST", "/v1/sessions/providers/elsewhere/callback", { body });
const refused = (answer, code) => assert.deepEqual([answer.status, answer.body.error?.code], [409, code], answer.text);

// Somebody new.
const back = await elsewhere(await begin(), "new");
refused(await finish({ ...back, browser_secret: "another browser" }), "federation_attempt_over");
const first = await finish(back);
assert.deepEqual([first.status, first.body.status], [200, "authenticated"], first.text);
refused(await finish(back), "federation_attempt_over");
const second = await finish(await elsewhere(await begin(), "new"));
const subject = (answer) => JSON.parse(Buffer.from(answer.body.access_token.split(".")[1], "base64url")).sub;
assert.equal(subject(second), subject(first));
const own = await shop("GET", "/v1/account/providers", { bearer: first.body.access_token });
assert.equal(own.body.data[0].provider, "elsewhere", own.text);
told("somebody new is let in, and is the same the next time");

refused(await shop("DELETE", "/v1/account/providers/elsewhere", { bearer: first.body.access_token }), "federation_only_way");
told("the only way in stays");

// The same address links nothing; an address that the provider has not proven makes nothing.
refused(await finish(await elsewhere(await begin(), "thief")), "federation_account_exists");
refused(await finish(await elsewhere(await begin(), "unproven")), "federation_address_unproven");
told("an address is nobody's proof");

// A code for somebody else's way, an answer in another provider's name, a code that is none.
const mine = await elsewhere(await begin(), "new");
const other = await elsewhere(await begin(), "thief");
refused(await finish({ ...mine, code: other.code }), "federation_distrusted");
refused(await finish({ ...(await elsewhere(await begin(), "new")), iss: "https://evil.example" }), "federation_distrusted");
refused(await finish({ ...(await elsewhere(await begin(), "new")), code: "nonsense" }), "federation_distrusted");
told("what does not fit is not believed");

// Linking: by its owner, logged in, in one browser.
const link = () => shop("POST", "/v1/account/providers/elsewhere", { body: {}, bearer: TOKEN });
const linked = (body, bearer = TOKEN) => shop("POST", "/v1/account/providers/elsewhere/callback", { body, bearer });
const way = await elsewhere(await link(), "owner");
refused(await finish(way), "federation_attempt_over");
const again = await elsewhere(await link(), "owner");
refused(await linked(again, first.body.access_token), "federation_attempt_over");
const good = await linked(await elsewhere(await link(), "owner"));
assert.equal(good.status, 204, good.text);
refused(await linked(await elsewhere(await link(), "new")), "federation_identity_taken");
const let_in = await finish(await elsewhere(await begin(), "owner"));
assert.equal(let_in.status, 200, let_in.text);
assert.equal(subject(let_in), JSON.parse(Buffer.from(TOKEN.split(".")[1], "base64url")).sub);
told("an owner links, and is let in that way");

assert.equal((await shop("DELETE", "/v1/account/providers/elsewhere", { bearer: TOKEN })).status, 204);
refused(await finish(await elsewhere(await begin(), "thief")), "federation_account_exists");

// Whoever has a password of their own needs the provider no more.
const email = people.new.email;
assert.equal((await shop("POST", "/v1/password-resets", { body: { email } })).status, 202);
assert.equal((await shop("GET", "/_cartwright/quiet?timeout_s=60")).status, 200);
const mails = (await shop("GET", "/_cartwright/mails")).body.filter((mail) => mail.to.includes(email));
const token = mails.map((mail) => /#token=(rst_\S+)/.exec(mail.text)?.[1]).filter(Boolean).at(-1);
const password = "a teapot of one's own";
assert.equal((await shop("POST", "/v1/password-resets/confirm", { body: { token, password } })).status, 204);
const logged_in = await shop("POST", "/v1/sessions", { body: { email, password } });
assert.equal(logged_in.status, 200, logged_in.text);
const away = await shop("DELETE", "/v1/account/providers/elsewhere", { bearer: logged_in.body.access_token });
assert.equal(away.status, 204, away.text);
told("with a password the only provider goes");
assert.equal((await shop("DELETE", "/v1/admin/identity-providers/elsewhere", { bearer: STAFF_KEY })).status, 204);
assert.equal((await begin()).status, 404);
told("unlinked, and taken away");
server.close();
server.closeAllConnections();
