/** The plugin bearer: a session in a header, for clients without cookies. */
import { scenario } from "../src/scenario.ts";
import { PASSWORD, type Side } from "../src/side.ts";

/** Signs up and gives what a program keeps: the signed token of `set-auth-token`. */
async function signedToken(side: Side, more: Record<string, unknown> = {}): Promise<string> {
  const person = { name: "ann", email: side.email(), password: PASSWORD, ...more };
  const answer = await side.post("/sign-up/email", person);
  return answer.headers["set-auth-token"] ?? "";
}

function header(token: string, scheme = "Bearer") {
  return { headers: { authorization: `${scheme} ${token}` }, cookies: false };
}

const DAY_MS = 86_400_000;

const signed = [
  scenario("bearer: a signed token, encoded or not, and in any case of the scheme", Array(5).fill("200"), async (side) => {
    const token = await signedToken(side);
    await side.get("/get-session", header(token));
    await side.get("/get-session", header(encodeURIComponent(token)));
    await side.get("/get-session", header(token, "bEaReR"));
    await side.get("/get-session", header(`  ${token} `));
  }),
  scenario("bearer: a token of a session that was signed in", ["200", "200", "200"], async (side) => {
    await side.signUp();
    const credentials = { email: side.email(), password: PASSWORD };
    const answer = await side.post("/sign-in/email", credentials, { cookies: false });
    await side.get("/get-session", header(answer.headers["set-auth-token"] ?? ""));
  }),
  scenario("bearer: a session that is not to be remembered", ["200", "200"], async (side) => {
    const token = await signedToken(side, { rememberMe: false });
    await side.get("/get-session", header(token));
  }),
  scenario("bearer: what is no token of ours counts as none", Array(8).fill("200"), async (side) => {
    const token = await signedToken(side);
    await side.get("/get-session", header(`${token.slice(0, -5)}AAAA=`));
    await side.get("/get-session", header(`${token}x`));
    await side.get("/get-session", header("a.b.c"));
    await side.get("/get-session", header(`.${token.split(".")[1]}`));
    await side.get("/get-session", header(""));
    await side.get("/get-session", header(token, "Basic"));
    await side.get("/get-session", header("%E0%A4%A.x"));
  }),
  scenario("bearer: endpoints that want a session", ["200", "200", "200", "401 UNAUTHORIZED"], async (side) => {
    const token = await signedToken(side);
    await side.get("/token", header(token));
    await side.get("/list-sessions", header(token));
    await side.get("/token", header("a.b"));
  }),
  scenario("bearer: a change needs no trusted origin, for no cookie was sent", ["200", "200", "200", "200"], async (side) => {
    const token = await signedToken(side);
    await side.post("/revoke-other-sessions", {}, { ...header(token), origin: null });
    await side.post("/revoke-other-sessions", {}, { ...header(token), origin: "https://evil.test" });
    await side.get("/get-session", header(token));
  }),
  scenario("bearer: beside a cookie the header counts, and the origin, too", ["200", "200", "200", "403 INVALID_ORIGIN", "200"], async (side) => {
    const token = await signedToken(side);
    const other = side.another();
    await other.signUp("bob");
    const headers = { authorization: `Bearer ${token}` };
    await other.get("/get-session", { headers });
    await other.post("/revoke-sessions", {}, { headers, origin: "https://evil.test" });
    await other.get("/get-session");
  }),
  scenario("bearer: beside a cookie a bad header is none", ["200", "200"], async (side) => {
    await side.signUp();
    await side.get("/get-session", { headers: { authorization: "Bearer a.b" } });
  }),
  scenario("bearer: sign-out of the header's session", ["200", "200", "200", "200"], async (side) => {
    const token = await signedToken(side);
    await side.post("/sign-out", {}, header(token));
    await side.get("/get-session", header(token));
    await side.post("/sign-out", {}, header(token));
  }),
  scenario("bearer: a session that is over", ["200", "200", "401 UNAUTHORIZED"], async (side) => {
    const token = await signedToken(side);
    side.rows.set("session", "expiresAt", new Date(Date.now() - 1000).toISOString());
    await side.get("/get-session", header(token));
    await side.get("/token", header(token));
  }),
  scenario("bearer: a session that is extended says its token again, beside the one for services", ["200", "200", "200"], async (side) => {
    const token = await signedToken(side);
    const due = () => side.rows.set("session", "expiresAt", new Date(Date.now() + 5 * DAY_MS).toISOString());
    due();
    await side.get("/get-session", header(token));
    due();
    await side.get("/list-sessions", header(token));
  }),
  scenario("bearer: a token for services opens no session", ["200", "200", "200"], async (side) => {
    const token = await signedToken(side);
    const answer = await side.get("/token", header(token));
    await side.get("/get-session", header(JSON.parse(answer.body).token));
  }),
  scenario("bearer: an error sets no token", ["401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    await side.post("/sign-in/email", { email: side.email(), password: PASSWORD });
  }),
  scenario("bearer: the client with a token and without cookies", ["200", "200", "200", "401 UNAUTHORIZED"], async (side) => {
    const token = await signedToken(side);
    const program = side.another();
    const auth = { type: "Bearer", token } as const;
    await program.see(program.client.getSession({ fetchOptions: { auth } }));
    await program.see(program.client.token({ fetchOptions: { auth } }));
    await program.see(program.client.token());
  }),
];

export const bearer = [
  ...signed,
  scenario("bearer: a bare token is none where signatures are required", ["200", "200", "401 UNAUTHORIZED"], async (side) => {
    const { token } = await side.signUp();
    await side.get("/get-session", header(token));
    await side.get("/token", header(token));
  }),
];

export const bareBearer = [
  scenario("bearer: a bare token where it may be", ["200", "200", "200"], async (side) => {
    const { token } = await side.signUp();
    await side.get("/get-session", header(token));
    await side.get("/token", header(token));
  }),
  scenario("bearer: a bare token that nobody has", ["200", "401 UNAUTHORIZED"], async (side) => {
    await side.get("/get-session", header("a".repeat(32)));
    await side.get("/token", header("a".repeat(32)));
  }),
  scenario("bearer: a signed token where bare ones may be", ["200", "200"], async (side) => {
    await side.get("/get-session", header(await signedToken(side)));
  }),
  scenario("bearer: a wrongly signed token where bare ones may be", ["200", "200"], async (side) => {
    const { token } = await side.signUp();
    await side.get("/get-session", header(`${token}.${"A".repeat(43)}=`));
  }),
];
