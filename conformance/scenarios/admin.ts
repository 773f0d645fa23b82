/** The plugin admin: bans, roles, and the end of others' sessions. */
import { scenario } from "../src/scenario.ts";
import { PASSWORD, type Side } from "../src/side.ts";
import { begin, code, comeBack, idToken, person, signIn as comeIn } from "./social/provider.ts";

const BAN = "/admin/ban-user";
const UNBAN = "/admin/unban-user";
const ROLE = "/admin/set-role";
const END = "/admin/revoke-user-session";
const END_ALL = "/admin/revoke-user-sessions";
const LIST = "/admin/list-user-sessions";
const OF_USERS = [BAN, UNBAN, ROLE, END_ALL, LIST];

/** Another browser, in which an administrator is signed in. Copies of sessions are made anew. */
async function boss(side: Side): Promise<Side> {
  const other = side.another();
  await other.signUp("boss");
  side.rows.setUser(side.email("boss"), "role", "admin");
  await signIn(other, "boss");
  return other;
}

function signIn(side: Side, name = "ann", password = PASSWORD) {
  return side.post("/sign-in/email", { email: side.email(name), password });
}

function signUpWith(side: Side, more: Record<string, unknown>) {
  return side.post("/sign-up/email", { name: "ann", email: side.email(), password: PASSWORD, ...more });
}

const HOUR_AGO = () => new Date(Date.now() - 3_600_000).toISOString();

export const admin = [
  scenario("admin: what a user, a session and a token have more", ["200", "200", "200", "200"], async (side) => {
    await side.signUp();
    await side.get("/get-session");
    await side.get("/token");
    await side.get("/list-sessions");
  }),
  scenario("t248 admin: sign-up with what nobody gives themselves", ["400 FIELD_NOT_ALLOWED", "400 FIELD_NOT_ALLOWED", "400 FIELD_NOT_ALLOWED", "400 FIELD_NOT_ALLOWED", "200"], async (side) => {
    await signUpWith(side, { role: "admin" });
    await signUpWith(side, { role: ["admin"], banReason: "x" });
    await signUpWith(side, { banReason: "x", banExpires: 1 });
    await signUpWith(side, { banned: false, banExpires: "2099-01-01T00:00:00.000Z" });
    await signUpWith(side, { role: "", banned: true, banReason: null, banExpires: 0 });
  }),
  scenario("admin: what is said first at sign-up", ["200", "400 VALIDATION_ERROR", "400 PASSWORD_TOO_SHORT", "400 FIELD_NOT_ALLOWED"], async (side) => {
    await side.signUp();
    await side.post("/sign-up/email", { role: "admin" });
    await signUpWith(side, { role: "admin", password: "short" });
    await signUpWith(side, { role: "admin" });
  }),
  scenario("t249 admin: a user changes none of it", ["200", ...Array(4).fill("400 FIELD_NOT_ALLOWED"), "400 EMAIL_CAN_NOT_BE_UPDATED", "400 No fields to update", "200"], async (side) => {
    await side.signUp();
    for (const more of [{ role: "admin" }, { name: "x", banned: true }, { banReason: "x" }, { banExpires: 1 }, { role: "x", email: "x" }]) {
      await side.post("/update-user", more);
    }
    await side.post("/update-user", { role: null, banned: false, banExpires: "" });
    await side.get("/get-session");
  }),
  scenario("t249 admin: a session names nobody else", ["200", "400 FIELD_NOT_ALLOWED", "400 No fields to update"], async (side) => {
    await side.signUp();
    await side.post("/update-session", { impersonatedBy: "x", userId: "y" });
    await side.post("/update-session", { impersonatedBy: "" });
  }),
  scenario("t144 admin: a ban", ["200", "200", "200", "200", "200", "401 UNAUTHORIZED", "403 BANNED_USER", "401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    const { user } = await side.signUp();
    const other = await boss(side);
    await other.post(BAN, { userId: user.id });
    await side.get("/get-session");
    await side.get("/token");
    await signIn(side);
    await signIn(side, "ann", "not-her-password");
  }),
  scenario("admin: a ban with a reason and an end, and another one", ["200", "200", "200", "200", "200", "200", "200", "200"], async (side) => {
    const { user } = await side.signUp();
    const other = await boss(side);
    for (const ban of [{ banReason: "spam", banExpiresIn: 3600 }, { banReason: "", banExpiresIn: 0 }, { banExpiresIn: 90_000.5 }, { banExpiresIn: -86_400 }]) {
      await other.post(BAN, { userId: user.id, ...ban });
    }
    await signIn(side);
  }),
  scenario("admin: a ban that is over is taken away at sign-in", ["200", "200", "200", "200", "403 BANNED_USER", "200", "200"], async (side) => {
    const { user } = await side.signUp();
    const other = await boss(side);
    await other.post(BAN, { userId: user.id, banExpiresIn: 3600 });
    await signIn(side);
    side.rows.setUser(side.email(), "banExpires", HOUR_AGO());
    await signIn(side);
    await side.get("/get-session");
  }),
  scenario("admin: who is let in again", ["200", "200", "200", "200", "200", "200", "200", "200"], async (side) => {
    const { user } = await side.signUp();
    const other = await boss(side);
    await other.post(BAN, { userId: user.id, banExpiresIn: 3600 });
    await other.post(UNBAN, { userId: user.id });
    await signIn(side);
    await side.get("/get-session");
    await other.post(UNBAN, { userId: user.id });
  }),
  scenario("admin: nobody bans themselves", ["200", "200", "400 YOU_CANNOT_BAN_YOURSELF"], async (side) => {
    const other = await boss(side);
    await other.post(BAN, { userId: other.rows.of("user")[0]?.id });
  }),
  scenario("admin: roles", Array(9).fill("200"), async (side) => {
    const { user } = await side.signUp();
    const other = await boss(side);
    for (const role of ["admin", ["user", "admin"], [], "some other", ""]) await other.post(ROLE, { userId: user.id, role });
    await side.get("/get-session");
  }),
  scenario("admin: who became an administrator is one at once", ["200", "403 YOU_ARE_NOT_ALLOWED_TO_BAN_USERS", "200", "200", "200", "404 USER_NOT_FOUND", "200", "403 YOU_ARE_NOT_ALLOWED_TO_BAN_USERS"], async (side) => {
    const { user } = await side.signUp();
    await side.post(BAN, { userId: "x" });
    const other = await boss(side);
    await other.post(ROLE, { userId: user.id, role: "user,admin" });
    await side.post(BAN, { userId: "x" });
    await other.post(ROLE, { userId: user.id, role: "user" });
    await side.post(BAN, { userId: "x" });
  }),
  scenario("admin: one session of somebody ends, and all", ["200", "200", "200", "200", "200", "200", "200", "200", "200", "200"], async (side) => {
    const { token, user } = await side.signUp();
    const second = side.another();
    await signIn(second);
    const other = await boss(side);
    await other.post(END, { sessionToken: token });
    await side.get("/get-session");
    await second.get("/get-session");
    await other.post(END, { sessionToken: "x" });
    await other.post(END_ALL, { userId: user.id });
    await second.get("/get-session");
  }),
  scenario("admin: an administrator's own sessions", ["200", "200", "200", "200", "200"], async (side) => {
    const other = await boss(side);
    await other.post(END_ALL, { userId: other.rows.of("user")[0]?.id });
    await other.get("/get-session");
    await other.get("/ok");
  }),
  scenario("admin: somebody's sessions are listed", ["200", "200", "200", "200", "200"], async (side) => {
    const { user } = await side.signUp();
    const other = await boss(side);
    await other.post(LIST, { userId: user.id });
    await other.post(LIST, { userId: "x" });
  }),
  scenario("admin: a session in which somebody else acts is in no list of its user's", ["200", "200", "200", "200", "200", "200", "200"], async (side) => {
    const { user } = await side.signUp();
    await side.get("/list-sessions");
    side.rows.set("session", "impersonatedBy", "boss");
    await side.get("/list-sessions");
    await side.get("/get-session");
    const other = await boss(side);
    await other.post(LIST, { userId: user.id });
  }),
  scenario("t251 admin: nobody else may", ["200", "403 YOU_ARE_NOT_ALLOWED_TO_BAN_USERS", "403 YOU_ARE_NOT_ALLOWED_TO_BAN_USERS", "403 YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE", "403 YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS", "403 YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS", "403 YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS"], async (side) => {
    const { user } = await side.signUp();
    for (const path of OF_USERS) await side.post(path, { userId: user.id, role: "admin" });
    await side.post(END, { sessionToken: "x" });
  }),
  scenario("admin: nobody is signed in", Array(6).fill("401"), async (side) => {
    for (const path of [...OF_USERS, END]) await side.post(path, { userId: "x", role: "admin", sessionToken: "x" });
  }),
  scenario("admin: a user who is not there", ["200", "200", "404 USER_NOT_FOUND", "404 USER_NOT_FOUND", "404 USER_NOT_FOUND", "200", "200"], async (side) => {
    const other = await boss(side);
    for (const path of OF_USERS) await other.post(path, { userId: "x", role: "admin" });
  }),
  scenario("admin: an id is made a text", ["200", "200", "400 VALIDATION_ERROR", ...Array(7).fill("404 USER_NOT_FOUND")], async (side) => {
    const other = await boss(side);
    for (const userId of [undefined, null, true, 5, 1.5, {}, [], ["x", null, 7]]) await other.post(BAN, { userId });
  }),
  scenario("admin: bodies that are none", Array(20).fill("400 VALIDATION_ERROR"), async (side) => {
    for (const path of [BAN, UNBAN, ROLE, END]) {
      for (const body of [[], "5", '"x"', undefined, "null"]) await side.post(path, body);
    }
  }),
  scenario("admin: members of another type", Array(10).fill("400 VALIDATION_ERROR"), async (side) => {
    await side.post(BAN, { userId: "x", banReason: 5, banExpiresIn: "x" });
    await side.post(BAN, { banReason: null });
    await side.post(BAN, { banExpiresIn: null });
    for (const role of [undefined, null, 5, {}, [5], ["user", null]]) await side.post(ROLE, { userId: "x", role });
    await side.post(END, { sessionToken: 5 });
  }),
  scenario("admin: other pages and methods", ["200", "200", "403 INVALID_ORIGIN", "404", "404"], async (side) => {
    const other = await boss(side);
    await other.post(BAN, { userId: "x" }, { origin: "https://evil.test" });
    await other.get(BAN);
    await other.get(LIST);
  }),
];

export const adminAndSocial = [
  scenario("admin: somebody new from a provider has the usual role", ["200", "302", "200"], async (side) => {
    await comeIn(side, "plain");
    await side.get("/get-session");
  }),
  scenario("t144 admin: who is banned comes back from a provider to the error page", ["200", "302", "200", "302", "200", "302"], async (side) => {
    await comeIn(side, "plain");
    side.rows.setUser(side.email(), "banned", "1");
    await comeIn(side.another(), "plain");
    const flow = await begin(side, "plain", { errorCallbackURL: undefined });
    await comeBack(side, flow, { code: code(flow, person(side, flow, "plain")) });
  }),
  scenario("t144 admin: an ID token of who is banned", ["200", "403 BANNED_USER"], async (side) => {
    const token = await idToken(side, "google");
    await side.post("/sign-in/social", { provider: "google", idToken: { token } });
    side.rows.setUser(side.email(), "banned", "1");
    await side.another().post("/sign-in/social", { provider: "google", idToken: { token } });
  }),
  scenario("admin: a ban that is over, at a provider", ["200", "302", "200", "302", "200"], async (side) => {
    await comeIn(side, "plain");
    side.rows.setUser(side.email(), "banned", "1");
    side.rows.setUser(side.email(), "banExpires", HOUR_AGO());
    await comeIn(side, "plain");
    await side.get("/get-session");
  }),
];

export const adminAndRedis = [
  scenario("admin and Redis: what a user and a session have more", ["200", "200", "200"], async (side) => {
    await side.signUp();
    await side.get("/get-session");
    await side.get("/list-sessions");
  }),
  scenario("admin and Redis: a ban", ["200", "200", "200", "200", "200", "403 BANNED_USER"], async (side) => {
    const { user } = await side.signUp();
    const other = await boss(side);
    await other.post(BAN, { userId: user.id });
    await side.get("/get-session");
    await signIn(side);
  }),
  scenario("admin and Redis: a role", ["200", "200", "200", "200", "200"], async (side) => {
    const { user } = await side.signUp();
    const other = await boss(side);
    await other.post(ROLE, { userId: user.id, role: "admin" });
    await side.get("/get-session");
  }),
  scenario("admin and Redis: sessions end, and are listed", ["200", "200", "200", "200", "200", "200"], async (side) => {
    const { token, user } = await side.signUp();
    const other = await boss(side);
    await other.post(LIST, { userId: user.id });
    await other.post(END, { sessionToken: token });
    await other.post(END_ALL, { userId: user.id });
  }),
  scenario("admin and Redis: a ban that is over", ["200", "200", "200", "200", "200", "200"], async (side) => {
    const { user } = await side.signUp();
    const other = await boss(side);
    await other.post(BAN, { userId: user.id, banExpiresIn: 3600 });
    side.rows.setUser(side.email(), "banExpires", HOUR_AGO());
    await signIn(side);
    await side.get("/get-session");
  }),
];
