import { scenario } from "../../src/scenario.ts";
import { PASSWORD, type Side } from "../../src/side.ts";

const DAY_MS = 86_400_000;

function fromNow(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString();
}

/** The same person in another browser. */
async function elsewhere(side: Side): Promise<{ browser: Side; token: string }> {
  const browser = side.another();
  const { data } = await browser.client.signIn.email({ email: side.email(), password: PASSWORD });
  return { browser, token: data?.token ?? "" };
}

export const sessions = [
  scenario("client: no session", ["200"], async (side) => {
    await side.see(side.client.getSession());
  }),
  scenario("client: no session, thrown options", ["200"], async (side) => {
    await side.see(side.client.getSession({ fetchOptions: { throw: true } }));
  }),
  scenario("client: the session with its query", ["200", "200", "200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.getSession({ query: { disableCookieCache: true } }));
    await side.see(side.client.getSession({ query: { disableRefresh: true } }));
    await side.see(side.client.getSession({ query: { disableCookieCache: false, disableRefresh: false } }));
  }),
  scenario("client: a session of yesterday is extended", ["200", "200", "200"], async (side) => {
    await side.join();
    side.rows.set("session", "expiresAt", fromNow(5));
    await side.see(side.client.getSession());
    await side.see(side.client.getSession());
  }),
  scenario("client: a session of yesterday is not extended when refresh is disabled", ["200", "200"], async (side) => {
    await side.join();
    side.rows.set("session", "expiresAt", fromNow(5));
    await side.see(side.client.getSession({ query: { disableRefresh: true } }));
  }),
  scenario("client: a session of this morning is not extended", ["200", "200"], async (side) => {
    await side.join();
    side.rows.set("session", "expiresAt", fromNow(6.5));
    await side.see(side.client.getSession());
  }),
  scenario("client: a session that is not remembered stays so when time goes on", ["200", "200", "200"], async (side) => {
    await side.client.signUp.email({ name: "Ann", email: side.email(), password: PASSWORD, rememberMe: false } as never);
    side.rows.set("session", "expiresAt", fromNow(0.5));
    await side.see(side.client.getSession());
    await side.see(side.client.listSessions());
  }),
  scenario("client: a session whose time is over is none", ["200", "200", "200"], async (side) => {
    await side.join();
    side.rows.set("session", "expiresAt", fromNow(-1));
    await side.see(side.client.getSession());
    await side.see(side.client.getSession());
  }),
  scenario("client: a session whose time is over opens nothing", ["200", "401 UNAUTHORIZED", "401 UNAUTHORIZED", "401 UNAUTHORIZED"], async (side) => {
    await side.join();
    const cookies = new Map(side.cookies);
    side.rows.set("session", "expiresAt", fromNow(-1));
    await side.see(side.client.token());
    cookies.forEach((value, name) => side.cookies.set(name, value));
    await side.see(side.client.listSessions());
    await side.see(side.client.revokeOtherSessions());
  }),
  scenario("client: a session whose row is gone", ["200", "200"], async (side) => {
    await side.join();
    side.rows.remove("session");
    await side.see(side.client.getSession());
  }),
  scenario("client: sessions are listed", ["200", "200", "200"], async (side) => {
    await side.join();
    await elsewhere(side);
    await side.see(side.client.listSessions());
  }),
  scenario("client: sessions whose time is over are not listed", ["200", "200", "200", "200"], async (side) => {
    await side.join();
    side.rows.set("session", "expiresAt", fromNow(-1));
    const { browser } = await elsewhere(side);
    await browser.see(browser.client.listSessions());
    await browser.see(browser.client.revokeOtherSessions());
  }),
  scenario("client: an old session may revoke, not list", ["200", "403 SESSION_NOT_FRESH", "200", "200"], async (side) => {
    await side.join();
    side.rows.set("session", "createdAt", fromNow(-3));
    await side.see(side.client.listSessions());
    await side.see(side.client.revokeOtherSessions());
    await side.see(side.client.revokeSessions());
  }),
  scenario("client: listing without a session", ["401 UNAUTHORIZED"], async (side) => {
    await side.see(side.client.listSessions());
  }),
  scenario("client: listing without a session, thrown", ["401 UNAUTHORIZED"], async (side) => {
    await side.see(side.client.listSessions({ fetchOptions: { throw: true } }));
  }),
  scenario("client: another browser's session is revoked", ["200", "200", "200", "200", "200"], async (side) => {
    await side.join();
    const { browser, token } = await elsewhere(side);
    await side.see(side.client.revokeSession({ token }));
    await browser.see(browser.client.getSession());
    await side.see(side.client.listSessions());
  }),
  scenario("client: one's own session is revoked", ["200", "200", "200"], async (side) => {
    const { data } = await side.join();
    await side.see(side.client.revokeSession({ token: data?.token ?? "" }));
    await side.see(side.client.getSession());
  }),
  scenario("client: a session that is none is revoked", ["200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.revokeSession({ token: "nothing" }));
  }),
  scenario("client: revoking without a token", ["200", "400 VALIDATION_ERROR"], async (side) => {
    await side.join();
    await side.see(side.client.revokeSession({ token: undefined as never, other: 1 } as never));
  }),
  scenario("client: somebody else's session cannot be revoked", ["200", "200", "200", "200"], async (side) => {
    const { data } = await side.join("ann");
    const bob = side.another();
    await bob.join("bob");
    await bob.see(bob.client.revokeSession({ token: data?.token ?? "" }));
    await side.see(side.client.getSession());
  }),
  scenario("client: all other sessions are revoked", ["200", "200", "200", "200", "200", "200"], async (side) => {
    await side.join();
    const { browser } = await elsewhere(side);
    await elsewhere(side);
    await side.see(side.client.revokeOtherSessions());
    await browser.see(browser.client.getSession());
    await side.see(side.client.getSession());
  }),
  scenario("client: all sessions are revoked", ["200", "200", "200", "200", "200"], async (side) => {
    await side.join();
    const { browser } = await elsewhere(side);
    await side.see(side.client.revokeSessions());
    await side.see(side.client.getSession());
    await browser.see(browser.client.getSession());
  }),
  scenario("client: revoking all without a session", ["401 UNAUTHORIZED", "401 UNAUTHORIZED"], async (side) => {
    await side.see(side.client.revokeSessions());
    await side.see(side.client.revokeOtherSessions());
  }),
];
