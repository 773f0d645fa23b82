import { scenario } from "../../src/scenario.ts";
import { PASSWORD, type Side } from "../../src/side.ts";

function credentials(side: Side) {
  return { email: side.email(), password: PASSWORD };
}

/** Ann has signed up and somebody else's browser is at hand. */
async function afresh(side: Side): Promise<Side> {
  await side.join();
  return side.another();
}

export const signIn = [
  scenario("client: sign-in", ["200", "200", "200"], async (side) => {
    const browser = await afresh(side);
    await browser.see(browser.client.signIn.email(credentials(side)));
    await browser.see(browser.client.getSession());
  }),
  scenario("client: sign-in with a wrong password", ["200", "401 INVALID_EMAIL_OR_PASSWORD", "200"], async (side) => {
    const browser = await afresh(side);
    await browser.see(browser.client.signIn.email({ ...credentials(side), password: "password12345" }));
    await browser.see(browser.client.getSession());
  }),
  scenario("client: sign-in of nobody", ["401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    await side.see(side.client.signIn.email(credentials(side)));
  }),
  scenario("client: sign-in of nobody, thrown", ["401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    await side.see(side.client.signIn.email({ ...credentials(side), fetchOptions: { throw: true } }));
  }),
  scenario("client: a refused sign-in keeps who is signed in", ["200", "401 INVALID_EMAIL_OR_PASSWORD", "200"], async (side) => {
    await side.join();
    await side.see(side.client.signIn.email({ ...credentials(side), password: "password12345" }));
    await side.see(side.client.getSession());
  }),
  scenario("client: sign-in that is not to be remembered", ["200", "200", "200", "200"], async (side) => {
    const browser = await afresh(side);
    await browser.see(browser.client.signIn.email({ ...credentials(side), rememberMe: false }));
    await browser.see(browser.client.getSession());
    await browser.see(browser.client.listSessions());
  }),
  scenario("client: remembered, not remembered, remembered", ["200", "200", "200", "200", "200"], async (side) => {
    const browser = await afresh(side);
    for (const rememberMe of [true, false, true]) {
      await browser.see(browser.client.signIn.email({ ...credentials(side), rememberMe }));
    }
    await browser.see(browser.client.getSession());
  }),
  scenario("client: sign-in with a callback", ["200", "200"], async (side) => {
    const browser = await afresh(side);
    await browser.see(browser.client.signIn.email({ ...credentials(side), callbackURL: "/dash" }));
  }),
  scenario("client: sign-in with a callback that leads away", ["200", "403 INVALID_CALLBACK_URL", "200"], async (side) => {
    const browser = await afresh(side);
    await browser.see(browser.client.signIn.email({ ...credentials(side), callbackURL: "//evil.example" }));
    await browser.see(browser.client.getSession());
  }),
  scenario("client: sign-in with an address in capitals", ["200", "200"], async (side) => {
    const browser = await afresh(side);
    await browser.see(browser.client.signIn.email({ ...credentials(side), email: side.email().toUpperCase() }));
  }),
  scenario("client: sign-in with what is no address", ["400 INVALID_EMAIL"], async (side) => {
    await side.see(side.client.signIn.email({ email: "ann", password: PASSWORD }));
  }),
  scenario("client: sign-in with nothing is no POST", ["404"], async (side) => {
    await side.see(side.client.signIn.email({} as never));
  }),
  scenario("client: sign-in without a password", ["400 VALIDATION_ERROR"], async (side) => {
    await side.see(side.client.signIn.email({ email: side.email() } as never));
  }),
  scenario("client: sign-in without keeping cookies", ["200", "200", "200"], async (side) => {
    const browser = await afresh(side);
    await browser.see(browser.client.signIn.email(credentials(side), { credentials: "omit" }));
    await browser.see(browser.client.getSession());
  }),
  scenario("client: sign-in from a page that is not trusted", ["200", "403 INVALID_ORIGIN"], async (side) => {
    const browser = await afresh(side);
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    await browser.see(browser.client.signIn.email(credentials(side), { headers }));
  }),
  scenario("client: sign-in says with what it was done", ["200", "200", "200"], async (side) => {
    const browser = await afresh(side);
    await browser.client.signIn.email(credentials(side), { headers: { "user-agent": "a browser" } });
    await browser.see(browser.client.listSessions());
  }),
];
