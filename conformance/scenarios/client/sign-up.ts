import { scenario } from "../../src/scenario.ts";
import { PASSWORD, type Side } from "../../src/side.ts";

function person(side: Side) {
  return { name: "Ann", email: side.email(), password: PASSWORD };
}

export const signUp = [
  scenario("client: sign-up", ["200", "200"], async (side) => {
    await side.see(side.client.signUp.email({ ...person(side), image: "https://i.example/a.png" }));
    await side.see(side.client.getSession());
  }),
  scenario("client: sign-up with an address that is taken", ["200", "422 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"], async (side) => {
    await side.join();
    await side.see(side.client.signUp.email(person(side)));
  }),
  scenario("client: sign-up with a taken address, thrown", ["200", "422 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"], async (side) => {
    await side.join();
    await side.see(side.client.signUp.email({ ...person(side), fetchOptions: { throw: true } }));
  }),
  scenario("client: sign-up, thrown options without an error", ["200"], async (side) => {
    await side.see(side.client.signUp.email({ ...person(side), fetchOptions: { throw: true } }));
  }),
  scenario("client: sign-up with passwords of a wrong length", ["400 PASSWORD_TOO_SHORT", "400 PASSWORD_TOO_LONG"], async (side) => {
    await side.see(side.client.signUp.email({ ...person(side), password: "short" }));
    await side.see(side.client.signUp.email({ ...person(side), password: "x".repeat(129) }));
  }),
  scenario("client: sign-up with what is no address", ["400 VALIDATION_ERROR"], async (side) => {
    await side.see(side.client.signUp.email({ ...person(side), email: "ann" }));
  }),
  scenario("client: sign-up without a name", ["400 VALIDATION_ERROR"], async (side) => {
    await side.see(side.client.signUp.email({ ...person(side), name: undefined as never }));
  }),
  scenario("client: sign-up that is not to be remembered", ["200", "200"], async (side) => {
    await side.see(side.client.signUp.email({ ...person(side), rememberMe: false } as never));
    await side.see(side.client.getSession());
  }),
  scenario("client: sign-up with a callback on this origin", ["200"], async (side) => {
    await side.see(side.client.signUp.email({ ...person(side), callbackURL: "/welcome" }));
  }),
  scenario("client: sign-up with a callback that leads away", ["403 INVALID_CALLBACK_URL"], async (side) => {
    await side.see(side.client.signUp.email({ ...person(side), callbackURL: "https://evil.example" }));
  }),
  scenario("client: sign-up does not set what is not the user's to set", ["200", "200"], async (side) => {
    await side.see(side.client.signUp.email({ ...person(side), role: "admin", emailVerified: true } as never));
    await side.see(side.client.getSession());
  }),
  scenario("client: a name that looks like a date, a number, null", ["200", "200", "200"], async (side) => {
    for (const [index, name] of ["2026-11-21T12:00:00Z", "17", "null"].entries()) {
      await side.see(side.client.signUp.email({ ...person(side), name, email: side.email(`p${index}`) }));
    }
  }),
  scenario("client: sign-up while signed in makes another session", ["200", "200", "200"], async (side) => {
    await side.join("ann");
    await side.see(side.join("bob"));
    await side.see(side.client.getSession());
  }),
];
