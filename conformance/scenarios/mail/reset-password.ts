import { scenario } from "../../src/scenario.ts";
import { PASSWORD, type Side } from "../../src/side.ts";

const NEW = "another-password";

/** Somebody with an account asks for a mail; its link. */
async function requested(side: Side, redirectTo?: string) {
  await side.signUp();
  await side.post("/request-password-reset", { email: side.email(), ...(redirectTo && { redirectTo }) }, { cookies: false });
  return side.newestMail(1);
}

function signIn(side: Side, password: string) {
  return side.another().post("/sign-in/email", { email: side.email(), password });
}

const OLD_IS_OUT = ["401 INVALID_EMAIL_OR_PASSWORD", "200"];

export const resetPassword = [
  scenario("reset: from the request to the new password", ["200", "200", "302", "200", ...OLD_IS_OUT, "200"], async (side) => {
    const mail = await requested(side, "/reset");
    await side.follow(mail);
    await side.post("/reset-password", { newPassword: NEW, token: mail.token }, { cookies: false });
    await signIn(side, PASSWORD);
    await signIn(side, NEW);
    await side.get("/get-session");
  }),
  scenario("reset: with the client", ["200", "200", "200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.requestPasswordReset({ email: side.email(), redirectTo: "/reset?a=1" }));
    const { token } = await side.newestMail(1);
    await side.see(side.client.resetPassword({ newPassword: NEW, token: token ?? "" }));
    await side.see(side.client.signIn.email({ email: side.email(), password: NEW }));
  }),
  scenario("t178 a request for an address that nobody has", ["200", "200", "200"], async (side) => {
    await side.post("/request-password-reset", { email: side.email("nobody") });
    await requested(side);
  }),
  scenario("t182 the mail goes to the address of the row", ["200", "200"], async (side) => {
    await side.signUp();
    await side.post("/request-password-reset", { email: side.email().toUpperCase() });
    await side.mails(1);
  }),
  scenario("t183 requests for what is no address, or more than one", Array(10).fill("400 VALIDATION_ERROR"), async (side) => {
    const [one, two] = [side.email("one"), side.email("two")];
    for (const email of [undefined, null, 5, [one, two], { $ne: null }, `${one},${two}`, `${one};${two}`, `${one}\r\nBcc: ${two}`, `"${one}"@x.org`, `${one}\n`]) {
      await side.post("/request-password-reset", { email });
    }
  }),
  scenario("requests that say where to go with what is no text", ["400 Invalid redirectURL: expected a string", "400 VALIDATION_ERROR", "400 VALIDATION_ERROR", "400 VALIDATION_ERROR"], async (side) => {
    await side.post("/request-password-reset", { email: side.email(), redirectTo: 5 });
    await side.post("/request-password-reset", { email: side.email(), redirectTo: null });
    await side.post("/request-password-reset", []);
    await side.post("/request-password-reset");
  }),
  scenario("t163 requests that lead away", Array(4).fill("403 INVALID_REDIRECT_URL"), async (side) => {
    for (const redirectTo of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
      await side.post("/request-password-reset", { email: side.email(), redirectTo });
    }
  }),
  scenario("requests with a callback that leads away", ["403 INVALID_CALLBACK_URL"], async (side) => {
    await side.post("/request-password-reset", { email: side.email(), callbackURL: "https://evil.example/" });
  }),
  scenario("t168 t169 a forwarded host is not in links", ["200", "200"], async (side) => {
    await side.signUp();
    const headers = { "x-forwarded-host": "evil.test", "x-forwarded-proto": "https", forwarded: "host=evil.test" };
    await side.post("/request-password-reset", { email: side.email(), redirectTo: "/a b?x=é&y=%2F#z" }, { headers });
    await side.mails(1);
  }),
  scenario("each request has a link of its own", ["200", "200", "200", "200", "400 INVALID_TOKEN", "200"], async (side) => {
    const first = await requested(side);
    await side.post("/request-password-reset", { email: side.email() });
    const second = await side.newestMail(2);
    await side.post("/reset-password", { newPassword: NEW, token: first.token });
    await side.post("/reset-password", { newPassword: NEW, token: first.token });
    await side.post("/reset-password", { newPassword: PASSWORD, token: second.token });
  }),
  scenario("the link leads on with its token, and keeps the query", Array(7).fill("302").with(0, "200").with(1, "200"), async (side) => {
    const { token } = await requested(side);
    for (const callback of ["/reset", "/reset?a=1&token=x&b=%20c#there", "/r?token=1&token=2", "", `${side.base}/in?x=`]) {
      await side.get(`/reset-password/${token}?callbackURL=${encodeURIComponent(callback)}`);
    }
  }),
  scenario("a link without a request leads on with an error", Array(7).fill("302"), async (side) => {
    for (const token of ["x", "A".repeat(24), "%00", "a%2Fb", "%F0%9F%A6%8A", "%FF", "%zz"]) {
      await side.get(`/reset-password/${token}?callbackURL=%2Freset%3Fa%3D1`);
    }
  }),
  scenario("a link without a callback", ["400 VALIDATION_ERROR", "400 VALIDATION_ERROR", "404"], async (side) => {
    await side.get("/reset-password/x");
    await side.get("/reset-password/x?callbackURL=%2Fa&callbackURL=%2Fb");
    await side.get("/reset-password/");
  }),
  scenario("t173 a link that leads away is not followed", ["200", "200", "403 INVALID_CALLBACK_URL", "200"], async (side) => {
    const mail = await requested(side);
    await side.get(`/reset-password/${mail.token}?callbackURL=${encodeURIComponent("https://evil.example/")}`);
    await side.post("/reset-password", { newPassword: NEW, token: mail.token });
  }),
  scenario("the token in the query", ["200", "200", "400 INVALID_TOKEN", "400 VALIDATION_ERROR", "200"], async (side) => {
    const { token } = await requested(side);
    await side.post(`/reset-password?token=${token}`, { newPassword: NEW, token: "x" });
    await side.post(`/reset-password?token=${token}&token=${token}`, { newPassword: NEW });
    await side.post(`/reset-password?token=${token}`, { newPassword: NEW, token: "" });
  }),
  scenario("t195 a token that was used", ["200", "200", "200", "400 INVALID_TOKEN", "302"], async (side) => {
    const mail = await requested(side, "/reset");
    await side.post("/reset-password", { newPassword: NEW, token: mail.token });
    await side.post("/reset-password", { newPassword: PASSWORD, token: mail.token });
    await side.follow(mail);
  }),
  scenario("t195 a token whose time is over", ["200", "200", "302", "400 INVALID_TOKEN"], async (side) => {
    const mail = await requested(side, "/reset");
    side.rows.set("verification", "expiresAt", new Date(Date.now() - 1000).toISOString());
    await side.follow(mail);
    await side.post("/reset-password", { newPassword: NEW, token: mail.token });
  }),
  scenario("t195 a token of a user who is gone", ["200", "200", "400 USER_NOT_FOUND"], async (side) => {
    const { token } = await requested(side);
    for (const table of ["session", "account", "user"] as const) side.rows.remove(table);
    await side.post("/reset-password", { newPassword: NEW, token });
  }),
  scenario("t195 tokens that look like one", Array(8).fill("400 INVALID_TOKEN").with(0, "200").with(1, "200"), async (side) => {
    const { token } = await requested(side);
    const swapped = [...(token ?? "")].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join("");
    for (const other of [swapped, `${token}\0`, token?.slice(0, -1), ` ${token}`, "%", ""]) {
      await side.post("/reset-password", { newPassword: NEW, token: other });
    }
  }),
  scenario("t196 a password that is too short leaves the token", ["200", "200", "400 PASSWORD_TOO_SHORT", "400 PASSWORD_TOO_LONG", "200"], async (side) => {
    const { token } = await requested(side);
    await side.post("/reset-password", { newPassword: "1234567", token });
    await side.post("/reset-password", { newPassword: "x".repeat(129), token });
    await side.post("/reset-password", { newPassword: NEW, token });
  }),
  scenario("t185 new passwords at the limits", Array(6).fill("200"), async (side) => {
    for (const [count, newPassword] of ["12345678", "x".repeat(128)].entries()) {
      if (count === 0) await side.signUp();
      await side.post("/request-password-reset", { email: side.email() });
      const { token } = await side.newestMail(count + 1);
      await side.post("/reset-password", { newPassword, token });
    }
    await side.another().post("/sign-in/email", { email: side.email(), password: "x".repeat(128) });
  }),
  scenario("a reset without anything, or with what is no text", ["400 VALIDATION_ERROR", "400 VALIDATION_ERROR", "400 VALIDATION_ERROR", "400 INVALID_TOKEN"], async (side) => {
    await side.post("/reset-password", {});
    await side.post("/reset-password");
    await side.post("/reset-password", { newPassword: 5, token: [] });
    await side.post("/reset-password", { newPassword: "short" });
  }),
  scenario("a reset for who has no password makes one", ["200", "200", "200", "200"], async (side) => {
    await side.signUp();
    side.rows.remove("account");
    await side.post("/request-password-reset", { email: side.email() });
    const { token } = await side.newestMail(1);
    await side.post("/reset-password", { newPassword: NEW, token });
    await signIn(side, NEW);
  }),
];
