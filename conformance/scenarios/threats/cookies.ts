import { scenario } from "../../src/scenario.ts";
import type { Side } from "../../src/side.ts";

const NAME = "better-auth.session_token";
const DAY_MS = 86_400_000;

function parts(side: Side): { token: string; signature: string } {
  const value = decodeURIComponent(side.cookies.get(NAME) ?? "");
  const dot = value.lastIndexOf(".");
  return { token: value.slice(0, dot), signature: value.slice(dot + 1) };
}

/** Asks who is signed in with each of these values of the session cookie. */
async function present(side: Side, values: string[], name = NAME) {
  for (const value of values) await side.get("/get-session", { headers: { cookie: `${name}=${value}` } });
}

/** The character at this place is another one. */
function flipped(text: string, place: number): string {
  return text.slice(0, place) + (text[place] === "A" ? "B" : "A") + text.slice(place + 1);
}

function fromNow(milliseconds: number): string {
  return new Date(Date.now() + milliseconds).toISOString();
}

/** Group F of the threats: cookies and sessions. */
export const threatsOfCookies = [
  scenario("t127 every changed character of a token is seen", Array(33).fill("200"), async (side) => {
    await side.signUp();
    const { token, signature } = parts(side);
    const values = [...token].map((_, place) => `${flipped(token, place)}.${encodeURIComponent(signature)}`);
    await present(side, values);
  }),
  scenario("t127 every changed character of a signature is seen", Array(43).fill("200"), async (side) => {
    await side.signUp();
    const { token, signature } = parts(side);
    const places = [...signature].slice(0, 42);
    await present(side, places.map((_, place) => `${token}.${encodeURIComponent(flipped(signature, place))}`));
  }),
  scenario("t127 signatures of another length, alphabet, or none", Array(8).fill("200"), async (side) => {
    await side.signUp();
    const { token, signature } = parts(side);
    const url = `${signature.replaceAll("+", "-").replaceAll("/", "_").slice(0, 42)}-=`;
    const others = [signature.slice(0, 43), signature.slice(1), `A${signature}`, `${signature}=`, url, "", signature.repeat(2)];
    await present(side, others.map((other) => `${token}.${encodeURIComponent(other)}`));
  }),
  scenario("t127 a cookie with a wrong signature opens nothing", ["200", ...Array(4).fill("401 UNAUTHORIZED")], async (side) => {
    await side.signUp();
    const { token, signature } = parts(side);
    const headers = { cookie: `${NAME}=${token}.${encodeURIComponent(flipped(signature, 0))}` };
    await side.get("/list-sessions", { headers });
    await side.get("/token", { headers });
    await side.post("/revoke-session", { token }, { headers });
    await side.post("/revoke-sessions", {}, { headers });
  }),
  scenario("t128 a signature with spare bits that are set", ["200", "200"], async (side) => {
    await side.signUp();
    const { token, signature } = parts(side);
    // Its last character carries two bits that count for nothing, and are zero.
    const other = signature.slice(0, 42) + String.fromCharCode(signature.charCodeAt(42) + 1);
    const headers = { cookie: `${NAME}=${token}.${encodeURIComponent(`${other}=`)}` };
    await side.post("/revoke-session", { token: "nothing" }, { headers });
  }),
  scenario("t129 dots in and before a token", Array(5).fill("200"), async (side) => {
    await side.signUp();
    const { token, signature } = parts(side);
    const escaped = encodeURIComponent(signature);
    await present(side, [`a.${token}.${escaped}`, `.${escaped}`, `.${token}.${escaped}`, `${token}..${escaped}`]);
  }),
  scenario("t130 three cookies of one name, and with paths", Array(4).fill("200"), async (side) => {
    await side.signUp();
    const good = side.cookies.get(NAME) ?? "";
    for (const cookie of [`${NAME}=x; ${NAME}=${good}; ${NAME}=y`, `${NAME}=${good}; $Path=/other`, `${NAME}=${good};${NAME}=x`]) {
      await side.get("/get-session", { headers: { cookie } });
    }
  }),
  scenario("t133 junk around the session cookie", Array(8).fill("200"), async (side) => {
    await side.signUp();
    const good = `${NAME}=${side.cookies.get(NAME)}`;
    const many = Array.from({ length: 200 }, (_, number) => `c${number}=${number}`).join("; ");
    for (const cookie of [`$Version=1; ${good}`, `a="x; ${good}; b="`, `;;;${good}`, `=x; ${good}`, `odd; ${good}`, `${many}; ${good}`, `bad=%E0%A4%A; ${good}`]) {
      await side.get("/get-session", { headers: { cookie } });
    }
  }),
  scenario("t133 bytes that are no UTF-8 in a cookie", ["200", "200", "200"], async (side) => {
    await side.signUp();
    const good = side.cookies.get(NAME);
    await side.get("/get-session", { headers: { cookie: `x=\xff\xfe; ${NAME}=${good}` } });
    await present(side, ["\xff\xfe"]);
  }),
  scenario("t134 an attacker's session is not the victim's after sign-in", ["200", "200", "200", "200"], async (side) => {
    await side.signUp("mallory");
    const attacker = side.cookies.header();
    await side.signUp("ann");
    await side.get("/get-session");
    await side.get("/get-session", { headers: { cookie: attacker } });
  }),
  scenario("t136 sign-out twice, then the old cookie", Array(5).fill("200"), async (side) => {
    await side.signUp();
    const cookie = side.cookies.header();
    for (let time = 0; time < 2; time += 1) await side.post("/sign-out", {}, { headers: { cookie } });
    await side.get("/get-session", { headers: { cookie } });
    await side.post("/sign-out", {}, { cookies: false });
  }),
  scenario("t137 a session ends when its time comes", ["200", "200", "200"], async (side) => {
    await side.signUp();
    side.rows.set("session", "expiresAt", fromNow(60_000));
    await side.get("/get-session?disableRefresh=true");
    side.rows.set("session", "expiresAt", fromNow(-1));
    await side.get("/get-session");
  }),
  scenario("t138 a session is written again after a day, not before", ["200", "200", "200", "200"], async (side) => {
    await side.signUp();
    side.rows.set("session", "expiresAt", fromNow(6 * DAY_MS + 60_000));
    await side.get("/get-session");
    side.note("rows before", side.rows.of("session"));
    side.rows.set("session", "expiresAt", fromNow(6 * DAY_MS - 60_000));
    await side.get("/get-session");
    side.note("rows after", side.rows.of("session"));
    await side.get("/get-session");
  }),
  scenario("t140 what is old is counted from its beginning", ["200", "403 SESSION_NOT_FRESH", "200"], async (side) => {
    await side.signUp();
    side.rows.set("session", "createdAt", fromNow(-DAY_MS - 60_000));
    await side.get("/list-sessions");
    side.rows.set("session", "createdAt", fromNow(-DAY_MS + 60_000));
    await side.get("/list-sessions");
  }),
  scenario("t143 somebody else's cached session does not count", ["200", "200", "200"], async (side) => {
    await side.signUp("bob");
    const { token } = parts(side);
    await side.signUp("ann");
    const cache = Buffer.from(JSON.stringify({ session: { token }, expiresAt: 9e15, signature: "x" })).toString("base64");
    const cookie = `${side.cookies.header()}; better-auth.session_data=${encodeURIComponent(cache)}`;
    await side.get("/get-session", { headers: { cookie } });
  }),
  scenario("t146 of a hundred and fifty sessions all others are revoked", ["200", "200"], async (side) => {
    await side.signUp();
    side.rows.multiplySession(150);
    await side.post("/revoke-other-sessions", {});
    side.note("sessions that are left", side.rows.of("session").length);
    side.rows.remove("session");
  }),
  scenario("t146 of a hundred and fifty sessions all are revoked", ["200", "200", "200"], async (side) => {
    await side.signUp();
    side.rows.multiplySession(150);
    await side.post("/revoke-sessions", {});
    await side.get("/get-session");
  }),
  scenario("t146 a hundred and fifty sessions are listed", ["200", "200"], async (side) => {
    await side.signUp();
    side.rows.multiplySession(150);
    await side.get("/list-sessions");
  }),
];
