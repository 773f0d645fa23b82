import { scenario } from "../../src/scenario.ts";
import { PASSWORD, type Side } from "../../src/side.ts";

function signIn(browser: Side) {
  return browser.client.signIn.email({ email: browser.email(), password: PASSWORD });
}

/** Several clients, one after the other and at once. */
export const browsers = [
  scenario("clients: two people do not see each other", ["200", "200", "200", "200", "200", "200"], async (side) => {
    const bob = side.another();
    await side.join("ann");
    await bob.join("bob");
    await side.see(side.client.getSession());
    await bob.see(bob.client.getSession());
    await side.see(side.client.listSessions());
    await bob.see(bob.client.listSessions());
  }),
  scenario("clients: sign-out in one leaves the other", ["200", "200", "200", "200", "200"], async (side) => {
    const other = side.another();
    await side.join();
    await signIn(other);
    await other.client.signOut();
    await side.see(side.client.getSession());
    await other.see(other.client.getSession());
  }),
  scenario("clients: two of one browser share its session", ["200", "200", "200", "200"], async (side) => {
    const second = side.clientWith();
    await side.join();
    await side.see(second.getSession());
    await second.signOut();
    await side.see(side.client.getSession());
  }),
  scenario("clients: two people sign up at once", ["200", "200", "200", "200"], async (side) => {
    await side.atOnce(["ann", "bob"].map((name) => async (browser) => {
      await browser.see(browser.join(name));
      await browser.see(browser.client.getSession());
    }));
  }),
  scenario("clients: one person signs in twice at once", ["200", "200", "200", "200", "200", "200"], async (side) => {
    await side.join();
    await side.atOnce([1, 2].map(() => async (browser) => {
      await browser.see(signIn(browser));
      await browser.see(browser.client.getSession());
    }));
    await side.see(side.client.listSessions());
  }),
  scenario("clients: eight ask for the session at once", ["200", ...Array(8).fill("200")], async (side) => {
    await side.join();
    await side.atOnce(Array(8).fill(async (browser: Side) => {
      side.cookies.forEach((value, name) => browser.cookies.set(name, value));
      await browser.see(browser.client.getSession());
    }));
  }),
  scenario("clients: eight ask for a token at once", ["200", ...Array(8).fill("200")], async (side) => {
    await side.join();
    await side.atOnce(Array(8).fill(async (browser: Side) => {
      side.cookies.forEach((value, name) => browser.cookies.set(name, value));
      await browser.see(browser.client.token());
    }));
  }),
  scenario("clients: four sign out of one session at once", ["200", ...Array(4).fill("200"), "200"], async (side) => {
    await side.join();
    await side.atOnce(Array(4).fill(async (browser: Side) => {
      side.cookies.forEach((value, name) => browser.cookies.set(name, value));
      await browser.see(browser.client.signOut());
    }));
    await side.see(side.client.getSession());
  }),
];
