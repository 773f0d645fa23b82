import { scenario } from "../../src/scenario.ts";
import type { Side } from "../../src/side.ts";

const DAY_MS = 86_400_000;

function ends(side: Side, days: number): void {
  side.rows.set("session", "expiresAt", new Date(Date.now() + days * DAY_MS).toISOString());
}

export const deferred = [
  scenario("a GET says whether a POST would extend the session", Array(7).fill("200"), async (side) => {
    await side.signUp();
    await side.get("/get-session");
    ends(side, 5);
    await side.get("/get-session");
    await side.get("/get-session?disableRefresh=true");
    await side.get("/token");
    await side.post("/get-session", {});
    await side.get("/get-session");
  }),
  scenario("a POST without a session, or with one that is not due", ["200", "200", "200", "200"], async (side) => {
    await side.post("/get-session", {});
    await side.signUp();
    await side.post("/get-session");
    await side.post("/get-session?disableRefresh=1", {});
  }),
  scenario("a session that ends with the browser says nothing", ["200", "200", "200"], async (side) => {
    await side.signUp("ann", { rememberMe: false });
    await side.get("/get-session");
    await side.post("/get-session", {});
  }),
  scenario("a GET leaves the row of a session that is over", ["200", "200"], async (side) => {
    await side.signUp();
    ends(side, -1);
    await side.get("/get-session");
  }),
  scenario("a POST takes the row of a session that is over", ["200", "200"], async (side) => {
    await side.signUp();
    ends(side, -1);
    await side.post("/get-session", {});
  }),
  scenario("a POST from another page", ["200", "403 INVALID_ORIGIN"], async (side) => {
    await side.signUp();
    await side.post("/get-session", {}, { origin: "https://evil.test" });
  }),
];

export const deferredCached = [
  scenario("a GET that writes only a cookie", Array(6).fill("200"), async (side) => {
    await side.signUp();
    await side.get("/get-session");
    ends(side, 5);
    await side.get("/get-session?disableCookieCache=1");
    await side.post("/get-session", {});
    await side.post("/get-session?disableCookieCache=1", {});
    await side.get("/get-session");
  }),
];

export const neverExtended = [
  scenario("a session that would be due is left alone", ["200", "200", "200"], async (side) => {
    await side.signUp();
    ends(side, 1);
    await side.get("/get-session");
    await side.get("/list-sessions");
  }),
];
