import { SignJWT } from "jose";
import { scenario } from "../../src/scenario.ts";
import { SECRET } from "../../src/servers.ts";
import type { Side } from "../../src/side.ts";

const KEY = new TextEncoder().encode(SECRET);

/** A token as the servers make it, with other claims. */
export function signed(claims: Record<string, unknown>, expiresIn = 3600): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ ...claims, iat: now, exp: now + expiresIn }).setProtectedHeader({ alg: "HS256" }).sign(KEY);
}

/** Somebody asks for the link while they are signed in. */
async function asked(side: Side, callbackURL?: string) {
  await side.signUp();
  await side.post("/send-verification-email", { email: side.email(), ...(callbackURL && { callbackURL }) });
  return side.newestMail(1);
}

function verify(side: Side, token: string | null, callbackURL?: string) {
  const callback = callbackURL === undefined ? "" : `&callbackURL=${encodeURIComponent(callbackURL)}`;
  return side.get(`/verify-email?token=${token}${callback}`);
}

export const verifyEmail = [
  scenario("verify: from the mail to the proven address", ["200", "200", "302", "200", "302", "200"], async (side) => {
    const mail = await asked(side, "/done?a=1");
    await side.follow(mail);
    await side.get("/get-session");
    await side.follow(mail);
    await verify(side, mail.token);
  }),
  scenario("verify: with the client", ["200", "200", "200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.sendVerificationEmail({ email: side.email() }));
    const { token } = await side.newestMail(1);
    await side.see(side.client.verifyEmail({ query: { token: token ?? "" } }));
    await side.see(side.client.getSession());
  }),
  scenario("verify: in a browser that is not signed in", ["200", "200", "200", "200"], async (side) => {
    const mail = await asked(side);
    const other = side.another();
    await verify(other, mail.token);
    await other.get("/get-session");
  }),
  scenario("t199 verify: in somebody else's browser", ["200", "200", "200", "200", "200"], async (side) => {
    const mail = await asked(side);
    const bob = side.another();
    await bob.signUp("bob");
    await verify(bob, mail.token);
    await bob.get("/get-session");
  }),
  scenario("t179 asking without a session: known, unknown and proven", ["200", "200", "200", "200", "200", "200"], async (side) => {
    await side.signUp();
    const other = side.another();
    await other.post("/send-verification-email", { email: side.email("nobody"), callbackURL: "/v" });
    await other.post("/send-verification-email", { email: side.email().toUpperCase(), callbackURL: "/v" });
    const mail = await side.newestMail(1);
    await verify(other, mail.token);
    await other.post("/send-verification-email", { email: side.email() });
    await other.post("/send-verification-email", { email: side.email("nobody") });
    await side.mails(1);
  }),
  scenario("t179 asking for another address", ["200", "400 EMAIL_MISMATCH", "200"], async (side) => {
    await side.signUp();
    await side.post("/send-verification-email", { email: side.email("bob") });
    await side.post("/send-verification-email", { email: side.email().toUpperCase() });
    await side.mails(1);
  }),
  scenario("asking when the address is proven", ["200", "200", "200", "400 EMAIL_ALREADY_VERIFIED"], async (side) => {
    const mail = await asked(side);
    await verify(side, mail.token);
    await side.post("/send-verification-email", { email: side.email() });
  }),
  scenario("asking with what is no address", ["400 VALIDATION_ERROR", "400 VALIDATION_ERROR", "400 Invalid callbackURL: expected a string", "403 INVALID_CALLBACK_URL"], async (side) => {
    await side.post("/send-verification-email", {});
    await side.post("/send-verification-email", { email: `${side.email()}\r\nBcc: x@example.com` });
    await side.post("/send-verification-email", { email: side.email(), callbackURL: [] });
    await side.post("/send-verification-email", { email: side.email(), callbackURL: "https://evil.example" });
  }),
  scenario("verify: without a token, or with two", ["400 VALIDATION_ERROR", "400 VALIDATION_ERROR", "400 VALIDATION_ERROR", "400 VALIDATION_ERROR"], async (side) => {
    await side.get("/verify-email");
    await side.get("/verify-email?callbackURL=%2Fx");
    await side.get("/verify-email?token=a&token=b");
    await side.get("/verify-email?token=a&callbackURL=%2Fx&callbackURL=%2Fy");
  }),
  scenario("verify: tokens that are none", ["401 INVALID_TOKEN", "401 INVALID_TOKEN", "401 INVALID_TOKEN", "401 INVALID_TOKEN"], async (side) => {
    for (const token of ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJlbWFpbCI6ImFubkBleGFtcGxlLmNvbSJ9."]) await verify(side, token);
  }),
  scenario("verify: a token that is none, with a callback", Array(6).fill("302"), async (side) => {
    for (const callback of ["/x", "/x?a=1", "/x?a=%20&", "/x#there", `${side.base}`, `${side.base}/y?`]) await verify(side, "x", callback);
  }),
  scenario("t173 verify: a callback that leads away", ["200", "200", "403 INVALID_CALLBACK_URL", "200"], async (side) => {
    const mail = await asked(side);
    await verify(side, mail.token, "https://evil.example/");
    await side.get("/get-session");
  }),
  scenario("t199 verify: a token whose time is over", ["200", "401 TOKEN_EXPIRED", "302"], async (side) => {
    const { user } = await side.signUp();
    const token = await signed({ email: side.email(), userId: user.id }, -1);
    await verify(side, token);
    await verify(side, token, "/x");
  }),
  scenario("verify: a token of a user who is gone", ["200", "401 USER_NOT_FOUND", "302"], async (side) => {
    await side.signUp();
    const token = await signed({ email: side.email("nobody"), userId: "x" });
    await verify(side, token);
    await verify(side, token, "/x");
  }),
  scenario("verify: a token of somebody who had the address before", ["200", "401 INVALID_TOKEN", "200"], async (side) => {
    await side.signUp();
    await verify(side, await signed({ email: side.email(), userId: "somebody" }));
    await verify(side, await signed({ email: side.email() }));
  }),
  scenario("t95 verify: tokens that were signed for another purpose", ["200", "200", "200", "200", "200"], async (side) => {
    const { user } = await side.signUp();
    const email = side.email();
    const access = { iss: side.base, aud: side.base, sub: user.id, email };
    for (const claims of [access, { email, sub: user.id }, { email, userId: user.id, jti: "x" }]) await verify(side, await signed(claims));
    await side.get("/get-session");
  }),
  scenario("t199 verify: a token that was edited", ["200", "200", "401 INVALID_TOKEN", "401 INVALID_TOKEN", "200"], async (side) => {
    const mail = await asked(side);
    const [header, payload = "", signature] = mail.token?.split(".") ?? [];
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
    const edited = { ...claims, updateTo: side.email("eve"), requestType: "change-email-verification" };
    await verify(side, `${header}.${Buffer.from(JSON.stringify(edited)).toString("base64url")}.${signature}`);
    await verify(side, `${mail.token}x`);
    await side.get("/get-session");
  }),
];
