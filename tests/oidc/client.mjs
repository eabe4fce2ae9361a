// The shop as a provider: an unmodified `openid-client` goes through everything a client does.
//
// Settings: SHOP_URL, EMAIL, PASSWORD, and as JSON in CLIENT and MACHINE the clients' ids and secrets.

import assert from "node:assert/strict";
import * as oidc from "openid-client";
import { Browser } from "./browser.mjs";

const { SHOP_URL, EMAIL, PASSWORD } = process.env;
const client = JSON.parse(process.env.CLIENT);
const machine = JSON.parse(process.env.MACHINE);
const redirect_uri = "http://127.0.0.1:49152/callback";
const insecure = { execute: [oidc.allowInsecureRequests] };
const told = (words) => console.log(`ok: ${words}`);

/** What the library throws when the provider answers with an error of the protocol. */
async function refuses(promise, code) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.error, code, `${error.stack}\n${JSON.stringify(error.cause)}`);
    return true;
  });
}

const config = await oidc.discovery(
  new URL(SHOP_URL), client.client_id, undefined, oidc.ClientSecretBasic(client.client_secret), insecure,
);
const metadata = config.serverMetadata();
assert.equal(metadata.issuer, SHOP_URL);
assert.deepEqual(metadata.code_challenge_methods_supported, ["S256"]);
const rfc8414 = await oidc.discovery(
  new URL(SHOP_URL), client.client_id, undefined, oidc.ClientSecretPost(client.client_secret),
  { ...insecure, algorithm: "oauth2" },
);
assert.equal(rfc8414.serverMetadata().token_endpoint, metadata.token_endpoint);
told("both well-known documents, the issuer character by character");

const browser = new Browser();

async function request(extra = {}) {
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const nonce = oidc.randomNonce();
  const parameters = {
    redirect_uri, scope: "openid email profile offline_access", state, nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256", ...extra,
  };
  const checks = {
    pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
    ...(extra.max_age && { maxAge: Number(extra.max_age) }),
  };
  return { parameters, checks };
}

// A person signs in and agrees.
const first = await request();
let page = await browser.visit(oidc.buildAuthorizationUrl(config, first.parameters));
assert.match(page.text, /<title>Sign in<\/title>/);
const policy = page.response.headers.get("content-security-policy");
assert.match(policy, /frame-ancestors 'none'/);
assert.match(policy, /form-action 'self' http:\/\/127\.0\.0\.1:49152/);
const used = page;
page = await browser.submit(page, { email: EMAIL, password: "not the password", answer: "sign_in" });
assert.match(page.text, /There is a problem/);
page = await browser.submit(page, { email: EMAIL, password: PASSWORD, answer: "sign_in" });
assert.match(page.text, /Allow .*\?/);
const replayed = await browser.submit(used, { email: EMAIL, password: PASSWORD, answer: "sign_in" });
assert.equal(replayed.response.status, 400);
page = await browser.submit(page, { answer: "allow" });
assert.equal(page.response.status, 303);
assert.ok(page.left && page.url.href.startsWith(redirect_uri), page.url.href);
const tokens = await oidc.authorizationCodeGrant(config, page.url, first.checks);
const claims = tokens.claims();
assert.equal(claims.iss, SHOP_URL);
assert.equal(claims.aud, client.client_id);
assert.equal(claims.acr, "aal1");
assert.deepEqual(claims.amr, ["pwd"]);
assert.ok(claims.auth_time && claims.sid && claims.at_hash);
told("code and PKCE through the forms; the ID token is valid");

const about = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
assert.equal(about.email, EMAIL);
assert.equal(about.email_verified, true);
told("userinfo");

const live = await oidc.tokenIntrospection(config, tokens.access_token);
assert.deepEqual([live.active, live.sub, live.client_id], [true, claims.sub, client.client_id]);
assert.equal((await oidc.tokenIntrospection(config, tokens.refresh_token)).active, true);
assert.deepEqual(await oidc.tokenIntrospection(config, "nonsense"), { active: false });
told("introspection");

const second = await oidc.refreshTokenGrant(config, tokens.refresh_token);
assert.notEqual(second.refresh_token, tokens.refresh_token);
const again = await oidc.refreshTokenGrant(config, tokens.refresh_token);
assert.equal(again.refresh_token, second.refresh_token);
const third = await oidc.refreshTokenGrant(config, second.refresh_token);
await refuses(oidc.refreshTokenGrant(config, tokens.refresh_token), "invalid_grant");
await refuses(oidc.refreshTokenGrant(config, third.refresh_token), "invalid_grant");
assert.deepEqual(await oidc.tokenIntrospection(config, third.access_token), { active: false });
told("refresh: rotated, a lost answer repeated, a copy ends everything");

// The same browser again: no password, no question.
const quick = await request();
page = await browser.visit(oidc.buildAuthorizationUrl(config, quick.parameters));
assert.ok(page.left, page.text);
const callback = page.url;
const sso = await oidc.authorizationCodeGrant(config, callback, quick.checks);
assert.equal(sso.claims().sub, claims.sub);
await refuses(oidc.authorizationCodeGrant(config, callback, quick.checks), "invalid_grant");
assert.deepEqual(await oidc.tokenIntrospection(config, sso.access_token), { active: false });
told("signed in already; a code used twice ends what it brought");

// max_age, prompt.
const none = await request({ prompt: "none" });
page = await browser.visit(oidc.buildAuthorizationUrl(config, none.parameters));
const silent = await oidc.authorizationCodeGrant(config, page.url, none.checks);
page = await new Browser().visit(oidc.buildAuthorizationUrl(config, none.parameters));
await refuses(oidc.authorizationCodeGrant(config, page.url, none.checks), "login_required");
const login = await request({ prompt: "login", max_age: "60", login_hint: EMAIL });
page = await browser.visit(oidc.buildAuthorizationUrl(config, login.parameters));
assert.match(page.text, new RegExp(`value="${EMAIL}"`));
page = await browser.submit(page, { email: EMAIL, password: PASSWORD, answer: "sign_in" });
await oidc.authorizationCodeGrant(config, page.url, login.checks);
const denied = await request({ prompt: "consent" });
page = await browser.visit(oidc.buildAuthorizationUrl(config, denied.parameters));
page = await browser.submit(page, { answer: "deny" });
await refuses(oidc.authorizationCodeGrant(config, page.url, denied.checks), "access_denied");
const sure = await request({ acr_values: "aal2" });
page = await browser.visit(oidc.buildAuthorizationUrl(config, sure.parameters));
await refuses(
  oidc.authorizationCodeGrant(config, page.url, sure.checks), "unmet_authentication_requirements",
);
told("prompt, max_age, acr_values");

// Revocation.
await oidc.tokenRevocation(config, silent.refresh_token);
assert.deepEqual(await oidc.tokenIntrospection(config, silent.access_token), { active: false });
await oidc.tokenRevocation(config, "nonsense");
told("revocation");

// Pushed requests.
const pushed = await request();
const url = await oidc.buildAuthorizationUrlWithPAR(config, pushed.parameters);
assert.deepEqual([...url.searchParams.keys()].sort(), ["client_id", "request_uri"]);
page = await browser.visit(url);
await oidc.authorizationCodeGrant(config, page.url, pushed.checks);
page = await browser.visit(url);
assert.equal(page.response.status, 400);
told("a pushed request, once");

// A machine.
const own = await oidc.discovery(
  new URL(SHOP_URL), machine.client_id, undefined, oidc.ClientSecretPost(machine.client_secret), insecure,
);
const acting = await oidc.clientCredentialsGrant(own, { scope: "inventory.read" });
const levels = await fetch(`${SHOP_URL}/v1/admin/locations`, {
  headers: { authorization: `Bearer ${acting.access_token}` },
});
assert.equal(levels.status, 200, await levels.text());
await refuses(oidc.clientCredentialsGrant(own, { scope: "orders.write" }), "invalid_scope");
await refuses(oidc.clientCredentialsGrant(config), "unauthorized_client");
assert.deepEqual(await oidc.tokenIntrospection(config, acting.access_token), { active: false });
const stranger = await oidc.discovery(
  new URL(SHOP_URL), client.client_id, undefined, oidc.ClientSecretBasic("guess"), insecure,
);
// A 401 with a challenge is an error of its own to the library.
await assert.rejects(oidc.clientCredentialsGrant(stranger), (error) => error.status === 401);
told("client credentials");
