import { scenario } from "../../src/scenario.ts";

export const signOut = [
  scenario("client: sign-out", ["200", "200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.signOut());
    await side.see(side.client.getSession());
  }),
  scenario("client: sign-out without a session, and twice", ["200", "200", "200", "200"], async (side) => {
    await side.see(side.client.signOut());
    await side.join();
    await side.see(side.client.signOut());
    await side.see(side.client.signOut());
  }),
  scenario("client: after sign-out everything asks for a session", ["200", "200", "401 UNAUTHORIZED", "401 UNAUTHORIZED", "401 UNAUTHORIZED", "401 UNAUTHORIZED", "401 UNAUTHORIZED"], async (side) => {
    await side.join();
    await side.client.signOut();
    await side.see(side.client.listSessions());
    await side.see(side.client.revokeSession({ token: "x" }));
    await side.see(side.client.revokeSessions());
    await side.see(side.client.revokeOtherSessions());
    await side.see(side.client.token());
  }),
  scenario("client: sign-out of what was not to be remembered", ["200", "200", "200"], async (side) => {
    await side.client.signUp.email({ name: "Ann", email: side.email(), password: "password1234", rememberMe: false } as never);
    await side.see(side.client.signOut());
    await side.see(side.client.getSession());
  }),
  scenario("client: signing in again after sign-out", ["200", "200", "200", "200"], async (side) => {
    await side.join();
    await side.client.signOut();
    await side.see(side.client.signIn.email({ email: side.email(), password: "password1234" }));
    await side.see(side.client.getSession());
  }),
  scenario("client: a stolen cookie is worth nothing after sign-out", ["200", "200", "200", "401 UNAUTHORIZED"], async (side) => {
    await side.join();
    const thief = side.another();
    side.cookies.forEach((value, name) => thief.cookies.set(name, value));
    await side.client.signOut();
    await thief.see(thief.client.getSession());
    await thief.see(thief.client.token());
  }),
];
