import { scenario } from "../../src/scenario.ts";
import type { Side } from "../../src/side.ts";

const TOKEN = "better-auth.session_token";
const DATA = "better-auth.session_data";

/** Signs in as another device; the jar keeps what it had. */
async function elsewhere(side: Side): Promise<Side> {
  const device = side.another();
  await device.post("/sign-in/email", { email: side.email(), password: "password1234" });
  return device;
}

function cookiesWith(side: Side, changes: Record<string, string>): { cookie: string } {
  const all = { ...Object.fromEntries(side.cookies), ...changes };
  return { cookie: Object.entries(all).map(([name, value]) => `${name}=${value}`).join("; ") };
}

/** The cookie that remembers sessions, written in this way. */
export const cached = (strategy: string) => [
  scenario(`${strategy}: a session is remembered and read`, ["200", "200", "200", "200", "200"], async (side) => {
    const name = "Änn \"\\ <b> \u{1f511}";
    await side.signUp("ann", { name, image: "https://example.com/a?b=c&d=%20" });
    await side.get("/get-session");
    await side.get("/get-session?disableCookieCache=true");
    await side.get("/get-session?disableCookieCache=false");
    await side.get("/get-session?disableRefresh=true");
  }),
  scenario(`${strategy}: a session that ends with the browser`, ["200", "200", "200", "200"], async (side) => {
    await side.signUp("ann", { rememberMe: false });
    await side.get("/get-session");
    await side.get("/get-session?disableCookieCache=true");
    await side.post("/sign-out", {});
  }),
  scenario(`${strategy}: signing in once more inherits nothing`, ["200", "200", "200"], async (side) => {
    await side.signUp("ann", { rememberMe: false });
    await side.post("/sign-in/email", { email: side.email(), password: "password1234" });
    await side.get("/get-session");
  }),
  scenario(`${strategy}: signing out takes all of it back`, ["200", "200", "200"], async (side) => {
    await side.signUp();
    await side.post("/sign-out", {});
    await side.get("/get-session");
  }),
  scenario(`${strategy}: t141 a session that was ended elsewhere still reads`, ["200", "200", "200", "200", "200"], async (side) => {
    await side.signUp();
    const device = await elsewhere(side);
    await device.post("/revoke-other-sessions", {});
    await side.get("/get-session");
    await side.get("/get-session?disableCookieCache=1");
  }),
  scenario(`${strategy}: t141 and ends no others`, ["200", "200", "200", "401 UNAUTHORIZED", "200"], async (side) => {
    await side.signUp();
    const device = await elsewhere(side);
    await device.post("/revoke-other-sessions", {});
    await side.post("/revoke-sessions", {});
    await device.get("/get-session?disableCookieCache=1");
  }),
  scenario(`${strategy}: t141 a token`, Array(4).fill("200"), async (side) => {
    await side.signUp();
    const device = await elsewhere(side);
    await device.post("/revoke-other-sessions", {});
    await side.get("/token");
  }),
  scenario(`${strategy}: t141 and lists no others`, Array(4).fill("200"), async (side) => {
    await side.signUp();
    const device = await elsewhere(side);
    await device.post("/revoke-other-sessions", {});
    await side.get("/list-sessions");
  }),
  scenario(`${strategy}: t141 and unlinks nothing`, ["200", "200", "200", "400 FAILED_TO_UNLINK_LAST_ACCOUNT"], async (side) => {
    await side.signUp();
    const device = await elsewhere(side);
    await device.post("/revoke-other-sessions", {});
    await side.post("/unlink-account", { accountId: "nothing" });
  }),
  scenario(`${strategy}: t143 data of somebody else`, ["200", "200", "200"], async (side) => {
    await side.signUp("ann");
    const bob = side.another();
    await bob.signUp("bob");
    await side.get("/get-session", { headers: cookiesWith(side, { [DATA]: bob.cookies.get(DATA) ?? "" }) });
  }),
  scenario(`${strategy}: t143 data that was altered, is none, or is empty`, Array(4).fill("200"), async (side) => {
    await side.signUp();
    const data = side.cookies.get(DATA) ?? "";
    for (const other of [`${data.slice(0, 60)}A${data.slice(61)}`, "nothing", ""]) {
      await side.get("/get-session", { headers: cookiesWith(side, { [DATA]: other }) });
    }
  }),
  scenario(`${strategy}: t143 data of another form`, ["200", strategy === "compact" ? "500 FAILED_TO_GET_SESSION" : "200"], async (side) => {
    await side.signUp();
    await side.get("/get-session", { headers: cookiesWith(side, { [DATA]: "eyJhbGciOiJub25lIn0.e30." }) });
  }),
  scenario(`${strategy}: data without a session`, ["200", "200", "401 UNAUTHORIZED"], async (side) => {
    await side.signUp();
    const cookie = `${DATA}=${side.cookies.get(DATA)}`;
    await side.get("/get-session", { headers: { cookie } });
    await side.get("/list-sessions", { headers: { cookie } });
  }),
  scenario(`${strategy}: a session that is due is extended once its data is over`, ["200", "200", "200", "200"], async (side) => {
    await side.signUp();
    side.rows.set("session", "expiresAt", new Date(Date.now() + 5 * 86_400_000).toISOString());
    await side.get("/get-session");
    await side.get("/get-session?disableCookieCache=true");
    await side.get("/get-session");
  }),
  scenario(`${strategy}: t148 long data is cut`, Array(5).fill("200"), async (side) => {
    await side.signUp("ann", { image: `https://example.com/${"x".repeat(3_500)}` });
    await side.get("/get-session");
    const pieces = [...side.cookies].filter(([name]) => name !== `${DATA}.1`);
    await side.get("/get-session", { headers: { cookie: pieces.map((pair) => pair.join("=")).join("; ") } });
    await side.signUp("bob");
    await side.get("/get-session");
  }),
  scenario(`${strategy}: t148 pieces are taken back with the session`, ["200", "200"], async (side) => {
    await side.signUp("ann", { image: `https://example.com/${"x".repeat(3_500)}` });
    await side.post("/sign-out", {});
  }),
  scenario(`${strategy}: list and revoke`, ["200", "200", "200", "200", "200"], async (side) => {
    const { token } = await side.signUp();
    await elsewhere(side);
    await side.get("/list-sessions");
    await side.post("/revoke-session", { token: "nothing" });
    await side.post("/revoke-session", { token });
  }),
  scenario(`${strategy}: the session's cookie alone`, ["200", "200"], async (side) => {
    await side.signUp();
    await side.get("/get-session", { headers: { cookie: `${TOKEN}=${side.cookies.get(TOKEN)}` } });
  }),
];
