// An identity provider whose answers are written by who asks: what a code becomes stands in the code itself.
//
// PORT   where it is
//
// A code is base64url of JSON: `profile` and `emails` are what the profile's addresses answer, `claims` what the ID
// token says (none without), `token` further members of the token answer, `tokenStatus` and `profileStatus` other
// statuses, `challenge` the one of the authorization request, which the verifier has to fit. Tokens hold the same
// again. POST /sign/NAME makes an ID token of NAME from claims. Everything else is below /NAME; /NAME/authorize is a page
// on which a person in a browser says who they are.

import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

const { PORT } = process.env;
const url = `http://127.0.0.1:${PORT}`;
const ISSUERS = { google: "https://accounts.google.com", apple: "https://appleid.apple.com" };

const keys = await generateKeyPair("RS256");
const strangers = await generateKeyPair("RS256");
const jwk = { ...(await exportJWK(keys.publicKey)), kid: "one", alg: "RS256", use: "sig" };

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const decode = (text) => JSON.parse(Buffer.from(text, "base64url").toString("utf8"));

function sign(name, { stranger, ...claims }) {
  const now = Math.floor(Date.now() / 1000);
  const iss = ISSUERS[name] ?? (claims.tid ? `https://login.microsoftonline.com/${claims.tid}/v2.0` : `${url}/${name}`);
  return new SignJWT({ iss, aud: "cid", ...claims, iat: now + (claims.iat ?? 0), exp: now + (claims.exp ?? 3600) })
    .setProtectedHeader({ alg: "RS256", kid: "one" })
    .sign(stranger ? strangers.privateKey : keys.privateKey);
}

function fits({ challenge }, form) {
  if (challenge === undefined) return true;
  const verifier = form.get("code_verifier") ?? "";
  return createHash("sha256").update(verifier).digest("base64url") === challenge;
}

async function token(name, form, authorization) {
  const said = decode(form.get("code") ?? form.get("refresh_token").slice("rt-".length));
  const { tokenStatus, profileStatus, profile, emails, claims, token: more, without, refreshed } = said;
  if (form.has("code") && !fits(said, form)) return [400, { error: "invalid_grant" }];
  if (form.has("refresh_token") && refreshed === false) return [400, { error: "invalid_grant" }];
  if (tokenStatus) return [tokenStatus, { error: "invalid_grant", error_description: "no" }];
  // What came in which order is in the token, so that it can be compared.
  const asked = [...form.keys(), authorization ?? ""].join(" ");
  const kept = { profile, emails, profileStatus, refreshed };
  const answer = {
    access_token: `at-${encode({ ...kept, asked })}`,
    token_type: "Bearer",
    expires_in: 3600,
    refresh_token: `rt-${encode(kept)}`,
    scope: "email profile",
    ...more,
  };
  for (const name of without ?? []) delete answer[name];
  if (claims) answer.id_token = await sign(name, claims);
  return [200, answer];
}

function answer(name, place, body, { authorization }) {
  if (name === "sign") return sign(place, JSON.parse(body)).then((signed) => [200, { token: signed }]);
  if (place === "token") return token(name, new URLSearchParams(body), authorization);
  if (place === "jwks") return [200, { keys: [jwk] }];
  if (place === "configuration") {
    const supported = { id_token_signing_alg_values_supported: ["RS256"] };
    const at = (path) => `${url}/${name}/${path}`;
    return [200, {
      issuer: `${url}/${name}`,
      authorization_endpoint: at("authorize"),
      token_endpoint: at("token"),
      userinfo_endpoint: at("userinfo"),
      jwks_uri: at("jwks"),
      ...supported,
    }];
  }
  const { profile, emails, profileStatus } = decode(authorization.slice("Bearer at-".length));
  if (place === "emails") return emails ? [200, emails] : [404, {}];
  return profileStatus ? [profileStatus, { error: "no" }] : [200, profile];
}

/** The authorization endpoint (OpenID Connect Core §3.1.2): first the page, then the way back. */
function authorize(query, response) {
  const said = Object.fromEntries(query);
  if (said.answer === undefined) {
    const text = (value) => value.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
    const hidden = [...query].map(([name, value]) => `<input type="hidden" name="${text(name)}" value="${text(value)}">`);
    const field = (name, label) => `<p><label>${label} <input name="${name}"></label></p>`;
    const button = (answer) => `<button name="answer" value="${answer}">${answer}</button>`;
    const form = [...hidden, field("name", "Name"), field("email", "E-mail"), button("Allow"), button("Deny")];
    response.writeHead(200, { "content-type": "text/html" });
    return response.end(`<!doctype html><title>Who are you?</title><form>${form.join("")}</form>`);
  }
  const { redirect_uri, state, nonce, code_challenge: challenge, name, email } = said;
  const person = { sub: `sub ${email}`, email, email_verified: true, name };
  const code = encode({ challenge, claims: { ...person, nonce }, profile: person });
  const back = new URL(redirect_uri);
  const answer = said.answer === "Allow" ? { state, code } : { state, error: "access_denied" };
  for (const [name, value] of Object.entries(answer)) back.searchParams.set(name, value);
  return response.writeHead(302, { location: back.href }).end();
}

const server = createServer(async (request, response) => {
  const [, name, path] = /^\/([\w-]+)\/(.*)$/.exec(request.url) ?? [];
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const place = path?.replace(".well-known/openid-", "");
  const { pathname, searchParams } = new URL(request.url, url);
  if (pathname.endsWith("/authorize")) return authorize(searchParams, response);
  const respond = ([status, body]) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  try {
    respond(await answer(name, place, Buffer.concat(chunks).toString("utf8"), request.headers));
  } catch (error) {
    respond([500, { error: "server_error", error_description: String(error) }]);
  }
});
server.listen(Number(PORT), "127.0.0.1", () => console.log(`ready on ${url}`));

process.on("SIGTERM", () => {
  server.closeAllConnections();
  server.close(() => process.exit(0));
});
