import { scenario } from "../src/scenario.ts";
import { PASSWORD, type Side } from "../src/side.ts";

const DAY_MS = 86_400_000;
const NEW = "another password";
const LOGGED_OUT = "401 UNAUTHORIZED";
const INVALID = "400 VALIDATION_ERROR";
const NOTHING = "400 No fields to update";

function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString();
}

function change(side: Side, currentPassword: unknown, newPassword: unknown, more: Record<string, unknown> = {}) {
  return side.post("/change-password", { currentPassword, newPassword, ...more });
}

function signIn(side: Side, password: string) {
  return side.post("/sign-in/email", { email: side.email(), password }, { cookies: false });
}

/** The same person in another browser. */
async function elsewhere(side: Side): Promise<Side> {
  const browser = side.another();
  await browser.post("/sign-in/email", { email: side.email(), password: PASSWORD });
  return browser;
}

const updateUser = [
  scenario("update-user: name and picture", ["200", "200", "200", "200", "200", "200"], async (side) => {
    await side.signUp();
    await side.post("/update-user", { name: "Ann Other" });
    await side.post("/update-user", { image: "https://example.com/a.png" });
    await side.post("/update-user", { name: "", image: null });
    await side.post("/update-user", { name: "Ann", emailVerified: true, id: "mine", createdAt: 5, role: "admin" });
    await side.get("/get-session");
  }),
  scenario("update-user: nothing that could be updated", ["200", NOTHING, NOTHING, NOTHING, NOTHING], async (side) => {
    await side.signUp();
    await side.post("/update-user", {});
    await side.post("/update-user", { emailVerified: true });
    await side.post("/update-user", { email: "" });
    await side.post("/update-user", { email: null, id: "mine" });
  }),
  scenario("update-user: the address is not updated here", ["200", ...Array(5).fill("400 EMAIL_CAN_NOT_BE_UPDATED"), "200"], async (side) => {
    await side.signUp();
    for (const email of ["eve@example.com", 1, true, [], {}]) await side.post("/update-user", { name: "Eve", email });
    await side.get("/get-session");
  }),
  scenario("update-user: no object", ["200", INVALID, INVALID, INVALID, INVALID], async (side) => {
    await side.signUp();
    for (const body of ["[]", "null", '"x"']) await side.post("/update-user", body);
    await side.post("/update-user");
  }),
  scenario("update-user: a name that is no text", ["200", "200", "200"], async (side) => {
    await side.signUp();
    await side.post("/update-user", { name: 5 });
    await side.post("/update-user", { image: 5 });
  }),
  scenario("update-user: a name that is null", ["200", "500"], async (side) => {
    await side.signUp();
    await side.post("/update-user", { name: null });
  }),
  scenario("update-user: without a session", [LOGGED_OUT, INVALID, LOGGED_OUT], async (side) => {
    await side.post("/update-user", { name: "Eve" });
    await side.post("/update-user", "[]");
    await side.post("/update-user", { email: "eve@example.com" });
  }),
  scenario("update-user: a session that is not remembered stays so", ["200", "200", "200"], async (side) => {
    await side.signUp("ann", { rememberMe: false });
    await side.post("/update-user", { name: "Ann Other" });
    await side.get("/get-session");
  }),
  scenario("update-user: a session of yesterday is extended", ["200", "200", "400 No fields to update"], async (side) => {
    await side.signUp();
    side.rows.set("session", "expiresAt", daysAgo(-5));
    await side.post("/update-user", { name: "Ann Other" });
    side.rows.set("session", "expiresAt", daysAgo(-5));
    await side.post("/update-user", {});
  }),
];

const updateSession = [
  scenario("update-session: nothing that could be updated", ["200", NOTHING, NOTHING, "200"], async (side) => {
    await side.signUp();
    await side.post("/update-session", {});
    await side.post("/update-session", { userId: "mine", expiresAt: "2099-01-01", token: "x", theme: "dark" });
    await side.get("/get-session");
  }),
  scenario("update-session: no object, no session", [INVALID, INVALID, INVALID, LOGGED_OUT], async (side) => {
    for (const body of ["[]", "null"]) await side.post("/update-session", body);
    await side.post("/update-session");
    await side.post("/update-session", {});
  }),
];

const changePassword = [
  scenario("change-password: the new one opens, the old one does not", ["200", "200", "401 INVALID_EMAIL_OR_PASSWORD", "200", "200"], async (side) => {
    await side.signUp();
    await change(side, PASSWORD, NEW);
    await signIn(side, PASSWORD);
    await signIn(side, NEW);
    await side.get("/get-session");
  }),
  scenario("t193 change-password: what is refused changes nothing", ["200", "400 INVALID_PASSWORD", "400 PASSWORD_TOO_SHORT", "400 PASSWORD_TOO_LONG", "400 PASSWORD_TOO_LONG", "400 INVALID_PASSWORD", "200", "200"], async (side) => {
    await side.signUp();
    await change(side, "wrong password", NEW);
    await change(side, PASSWORD, "short");
    await change(side, PASSWORD, "x".repeat(129));
    await change(side, "x".repeat(129), NEW);
    await change(side, "", NEW, { revokeOtherSessions: true });
    await side.get("/get-session");
    await signIn(side, PASSWORD);
  }),
  scenario("t193 change-password: an account without a password, and none", ["200", "400 CREDENTIAL_ACCOUNT_NOT_FOUND", "400 CREDENTIAL_ACCOUNT_NOT_FOUND", "400 CREDENTIAL_ACCOUNT_NOT_FOUND"], async (side) => {
    await side.signUp();
    side.rows.set("account", "password", null);
    await change(side, PASSWORD, NEW);
    side.rows.set("account", "password", "");
    await change(side, PASSWORD, NEW);
    side.rows.remove("account");
    await change(side, PASSWORD, NEW);
  }),
  scenario("t185 change-password: lengths at the limits", ["200", "400 PASSWORD_TOO_SHORT", "200", "200", "400 PASSWORD_TOO_LONG", "200"], async (side) => {
    await side.signUp();
    let current = PASSWORD;
    for (const length of [7, 8, 128, 129]) {
      const answer = await change(side, current, "x".repeat(length));
      if (answer.status === 200) current = "x".repeat(length);
    }
    await signIn(side, current);
  }),
  scenario("t147 change-password: every other session ends, this one is another", ["200", "200", "200", "200", "200", "200"], async (side) => {
    await side.signUp();
    const old = side.cookieHeader();
    const browser = await elsewhere(side);
    await change(side, PASSWORD, NEW, { revokeOtherSessions: true });
    await side.get("/get-session");
    await browser.get("/get-session");
    await side.get("/get-session", { headers: { cookie: old } });
  }),
  scenario("t147 change-password: other sessions go on unless they are to end", ["200", "200", "200", "200", "200"], async (side) => {
    await side.signUp();
    const browser = await elsewhere(side);
    await change(side, PASSWORD, NEW, { revokeOtherSessions: false });
    await side.get("/get-session");
    await browser.get("/get-session");
  }),
  scenario("change-password: a session that is not remembered is replaced by one", ["200", "200", "200"], async (side) => {
    await side.signUp("ann", { rememberMe: false });
    await change(side, PASSWORD, NEW, { revokeOtherSessions: true });
    await side.get("/get-session");
  }),
  scenario("change-password: a session of yesterday is extended first", ["200", "200"], async (side) => {
    await side.signUp();
    side.rows.set("session", "expiresAt", daysAgo(-5));
    await change(side, PASSWORD, NEW, { revokeOtherSessions: true });
  }),
  scenario("change-password: bodies of other forms", [INVALID, INVALID, INVALID, INVALID, LOGGED_OUT, "415 UNSUPPORTED_MEDIA_TYPE"], async (side) => {
    await side.post("/change-password");
    await side.post("/change-password", "[]");
    await change(side, 5, null);
    await change(side, PASSWORD, NEW, { revokeOtherSessions: "true" });
    await change(side, PASSWORD, NEW);
    await side.post("/change-password", `newPassword=${NEW}&currentPassword=${PASSWORD}`, {
      type: "application/x-www-form-urlencoded",
    });
  }),
];

const verifyPassword = [
  scenario("verify-password", ["200", "200", "400 INVALID_PASSWORD", "400 INVALID_PASSWORD", "400 PASSWORD_TOO_LONG"], async (side) => {
    await side.signUp();
    await side.post("/verify-password", { password: PASSWORD });
    await side.post("/verify-password", { password: `${PASSWORD} ` });
    await side.post("/verify-password", { password: "" });
    await side.post("/verify-password", { password: "x".repeat(129) });
  }),
  scenario("verify-password: where there is none", ["200", "400 INVALID_PASSWORD", "400 INVALID_PASSWORD"], async (side) => {
    await side.signUp();
    side.rows.set("account", "password", null);
    await side.post("/verify-password", { password: PASSWORD });
    side.rows.remove("account");
    await side.post("/verify-password", { password: PASSWORD });
  }),
  scenario("verify-password: no body, no session", [INVALID, INVALID, LOGGED_OUT], async (side) => {
    await side.post("/verify-password");
    await side.post("/verify-password", { password: 5 });
    await side.post("/verify-password", { password: PASSWORD });
  }),
  scenario("set-password is not for clients", ["200", "404"], async (side) => {
    await side.signUp();
    await side.post("/set-password", { newPassword: NEW });
  }),
];

const accounts = [
  scenario("t151 list-accounts: no password, no tokens", ["200", "200", "200"], async (side) => {
    await side.signUp();
    await side.get("/list-accounts");
    side.rows.link("github", { scope: "user:email, repo,,read ", refreshToken: "r", idToken: "i" });
    await side.get("/list-accounts");
  }),
  scenario("list-accounts: without a session, and posted", [LOGGED_OUT, "404"], async (side) => {
    await side.get("/list-accounts");
    await side.post("/list-accounts", {});
  }),
  scenario("unlink-account: one of two, not the last", ["200", "200", "200", "400 FAILED_TO_UNLINK_LAST_ACCOUNT", "400 FAILED_TO_UNLINK_LAST_ACCOUNT"], async (side) => {
    await side.signUp();
    const accountId = side.rows.link("github");
    await side.post("/unlink-account", { accountId });
    const [last] = JSON.parse((await side.get("/list-accounts")).body) as { id: string }[];
    await side.post("/unlink-account", { accountId: last?.id });
    await side.post("/unlink-account", { accountId: "nothing" });
  }),
  scenario("unlink-account: the account with the password", ["200", "200", "200", "401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    await side.signUp();
    side.rows.link("github");
    const [first] = JSON.parse((await side.get("/list-accounts")).body) as { id: string }[];
    await side.post("/unlink-account", { accountId: first?.id });
    await signIn(side, PASSWORD);
  }),
  scenario("unlink-account: an account that is none, and somebody else's", ["200", "200", "400 ACCOUNT_NOT_FOUND", "400 ACCOUNT_NOT_FOUND", "400 ACCOUNT_NOT_FOUND", "200"], async (side) => {
    await side.signUp("ann");
    const bob = side.another();
    await bob.signUp("bob");
    const ofBob = side.rows.link("github");
    await side.post("/unlink-account", { accountId: "nothing" });
    await side.post("/unlink-account", { accountId: "github" });
    await side.post("/unlink-account", { accountId: ofBob });
    await bob.get("/list-accounts");
  }),
  scenario("unlink-account: where there is no account at all", ["200", "400 ACCOUNT_NOT_FOUND"], async (side) => {
    await side.signUp();
    side.rows.remove("account");
    await side.post("/unlink-account", { accountId: "nothing" });
  }),
  scenario("t140 unlink-account: a session of last week does not do", ["200", "403 SESSION_NOT_FRESH", "200"], async (side) => {
    await side.signUp();
    const accountId = side.rows.link("github");
    side.rows.set("session", "createdAt", daysAgo(3));
    await side.post("/unlink-account", { accountId });
    await side.get("/list-accounts");
  }),
  scenario("unlink-account: no body, no session", [INVALID, INVALID, LOGGED_OUT], async (side) => {
    await side.post("/unlink-account");
    await side.post("/unlink-account", { accountId: 5 });
    await side.post("/unlink-account", { accountId: "x" });
  }),
];

const POSTED: [string, unknown][] = [
  ["/update-user", { name: "Eve" }],
  ["/update-session", { theme: "dark" }],
  ["/change-password", { currentPassword: PASSWORD, newPassword: NEW, revokeOtherSessions: true }],
  ["/verify-password", { password: PASSWORD }],
  ["/unlink-account", { accountId: "x" }],
];

/** What these endpoints do with requests of other pages, methods and lives. */
const threats = [
  scenario("t152 t153 account: a page of somebody else changes nothing", ["200", ...POSTED.flatMap(() => ["403 INVALID_ORIGIN", "403 MISSING_OR_NULL_ORIGIN", "403 MISSING_OR_NULL_ORIGIN"]), "200"], async (side) => {
    await side.signUp();
    for (const [path, body] of POSTED) {
      for (const origin of ["https://evil.test", null, "null"]) await side.post(path, body, { origin });
    }
    await side.get("/list-accounts");
  }),
  scenario("t170 account: nothing is changed by GET", ["200", ...POSTED.map(() => "404")], async (side) => {
    await side.signUp();
    for (const [path] of POSTED) await side.get(path);
  }),
  scenario("t141 account: a session that was revoked elsewhere opens nothing", ["200", "200", ...POSTED.map(() => LOGGED_OUT)], async (side) => {
    await side.signUp();
    const cookie = side.cookieHeader();
    await side.post("/revoke-sessions", {});
    for (const [path, body] of POSTED) await side.post(path, body, { headers: { cookie } });
  }),
  scenario("t127 account: a signature that is off by a character opens nothing", ["200", ...POSTED.map(() => LOGGED_OUT)], async (side) => {
    await side.signUp();
    const cookie = side.cookieHeader().replace(/(\.[^%]{9})(.)/, (_, before: string, c: string) => before + (c === "A" ? "B" : "A"));
    for (const [path, body] of POSTED) await side.post(path, body, { headers: { cookie } });
  }),
  scenario("t163 account: a redirect to elsewhere is refused", ["200", "403 INVALID_CALLBACK_URL", "403 INVALID_CALLBACK_URL"], async (side) => {
    await side.signUp();
    await side.post("/update-user", { name: "Eve", callbackURL: "https://evil.test" });
    await side.post("/verify-password?callbackURL=https://evil.test", { password: PASSWORD });
  }),
  scenario("t291 t305 account: texts are kept as they are", ["200", "200", "200", "200", "200", "200", "200"], async (side) => {
    await side.signUp();
    for (const name of ["' OR 1=1--", '";DROP TABLE "user"', "a\u0301 \u00e1 \u202e\u{1f600}"]) {
      await side.post("/update-user", { name, image: name });
      await side.get("/get-session");
    }
  }),
];

/** What a user does with their own account. */
export const account = [
  ...updateUser,
  ...updateSession,
  ...changePassword,
  ...verifyPassword,
  ...accounts,
  ...threats,
];
