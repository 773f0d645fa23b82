import { scenario } from "../../src/scenario.ts";
import { PASSWORD } from "../../src/side.ts";

/** The client's `$fetch`, and clients with options of their own. */
export const fetched = [
  scenario("$fetch: ok", ["200"], async (side) => {
    await side.see(side.client.$fetch("/ok"));
  }),
  scenario("$fetch: a path that is none", ["404"], async (side) => {
    await side.see(side.client.$fetch("/nowhere"));
  }),
  scenario("$fetch: a path that is none, thrown", ["404"], async (side) => {
    await side.see(side.client.$fetch("/nowhere", { throw: true }));
  }),
  scenario("$fetch: a method that is none", ["404", "404"], async (side) => {
    await side.see(side.client.$fetch("/ok", { method: "POST", body: {} }));
    await side.see(side.client.$fetch("/sign-in/email", { method: "PATCH", body: {} }));
  }),
  scenario("$fetch: sign-in", ["200", "200", "200"], async (side) => {
    await side.join();
    const body = { email: side.email(), password: PASSWORD };
    await side.see(side.client.$fetch("/sign-in/email", { method: "POST", body }));
    await side.see(side.client.$fetch("/get-session"));
  }),
  scenario("$fetch: a query", ["200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.$fetch("/get-session", { query: { disableRefresh: true, x: [1, 2], y: { z: null } } }));
  }),
  scenario("$fetch: a body of another type", ["415 UNSUPPORTED_MEDIA_TYPE"], async (side) => {
    const headers = { "content-type": "text/plain" };
    await side.see(side.client.$fetch("/sign-in/email", { method: "POST", body: "hello", headers }));
  }),
  scenario("$fetch: a form", ["200", "200"], async (side) => {
    await side.join();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams({ email: side.email(), password: PASSWORD }).toString();
    await side.see(side.client.$fetch("/sign-in/email", { method: "POST", body, headers }));
  }),
  scenario("$fetch: dates that are left as text", ["200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.$fetch("/get-session", { jsonParser: (text) => JSON.parse(text) }));
  }),
  scenario("$fetch: a plugin that is not there", ["200", "404", "404"], async (side) => {
    await side.join();
    await side.see(side.client.$fetch("/organization/list"));
    await side.see(side.client.$fetch("/two-factor/enable", { method: "POST", body: { password: PASSWORD } }));
  }),
  scenario("client: headers of every call", ["200", "200"], async (side) => {
    const client = side.clientWith({ fetchOptions: { headers: { "user-agent": "a program", "x-mine": "1" } } });
    await client.signUp.email({ name: "Ann", email: side.email(), password: PASSWORD });
    await side.see(client.listSessions());
  }),
  scenario("client: an address with its path", ["200"], async (side) => {
    const client = side.clientWith({ baseURL: `${side.base}/api/auth` });
    await side.see(client.$fetch("/ok"));
  }),
  scenario("client: a path where nothing is", ["404", "404"], async (side) => {
    const client = side.clientWith({ basePath: "/elsewhere" });
    await side.see(client.getSession());
    await side.see(client.signIn.email({ email: side.email(), password: PASSWORD }));
  }),
  scenario("client: without its own plugins", ["200", "200"], async (side) => {
    await side.join();
    const client = side.clientWith({ disableDefaultFetchPlugins: true });
    await side.see(client.signIn.email({ email: side.email(), password: PASSWORD, callbackURL: "/dash" }));
  }),
  scenario("client: every call throws", ["200", "401 UNAUTHORIZED"], async (side) => {
    const client = side.clientWith({ fetchOptions: { throw: true } });
    await side.see(client.getSession());
    await side.see(client.listSessions());
  }),
];
