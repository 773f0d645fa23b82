import { scenario } from "../src/scenario.ts";
import type { Side } from "../src/side.ts";

function body(side: Side, change: Record<string, unknown> = {}) {
  return { name: "Ann", email: side.email(), password: "password1234", ...change };
}

export const signUp = [
  scenario("sign-up", ["200", "200"], async (side) => {
    await side.post("/sign-up/email", body(side));
    await side.get("/get-session");
  }),
  scenario("t176 sign-up with an address that is taken", ["200", "422 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"], async (side) => {
    await side.post("/sign-up/email", body(side), { cookies: false });
    await side.post("/sign-up/email", body(side, { name: "Other" }), { cookies: false });
  }),
  scenario("sign-up with a taken address in capitals", ["200", "422 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"], async (side) => {
    await side.post("/sign-up/email", body(side), { cookies: false });
    await side.post("/sign-up/email", body(side, { email: side.email().toUpperCase() }), { cookies: false });
  }),
  scenario("sign-up keeps the address in lower case", ["200"], async (side) => {
    await side.post("/sign-up/email", body(side, { email: side.email("MiXeD") }));
  }),
  scenario("sign-up that is not to be remembered", ["200", "200"], async (side) => {
    await side.post("/sign-up/email", body(side, { rememberMe: false }));
    await side.get("/get-session");
  }),
  scenario("sign-up without anything", ["400 VALIDATION_ERROR", "400 VALIDATION_ERROR"], async (side) => {
    await side.post("/sign-up/email", {});
    await side.post("/sign-up/email");
  }),
  scenario("sign-up with wrong types", ["400 VALIDATION_ERROR"], async (side) => {
    await side.post("/sign-up/email", { name: 1, email: [], password: true, image: null, callbackURL: "/x", rememberMe: "yes" });
  }),
  scenario("sign-up with null for what is optional", ["400 VALIDATION_ERROR"], async (side) => {
    await side.post("/sign-up/email", body(side, { image: null, rememberMe: null }));
  }),
  scenario("sign-up with addresses that are none", Array(6).fill("400 VALIDATION_ERROR"), async (side) => {
    for (const email of ["", "ann", "ann@example", " ann@example.com", "änn@example.com", "a..b@example.com"]) {
      await side.post("/sign-up/email", body(side, { email }));
    }
  }),
  scenario("sign-up with an unusual address", ["200"], async (side) => {
    await side.post("/sign-up/email", body(side, { email: `o'neil+${side.email("x_y-z")}` }));
  }),
  scenario("sign-up with an empty name", ["200"], async (side) => {
    await side.post("/sign-up/email", body(side, { name: "" }));
  }),
  scenario("sign-up with a name of all alphabets", ["200"], async (side) => {
    await side.post("/sign-up/email", body(side, { name: `Ænn "the" 安 \u{1F98A} \\ </script>` }));
  }),
  scenario("sign-up with passwords at the limits", ["400 VALIDATION_ERROR", "400 PASSWORD_TOO_SHORT", "200", "200", "400 PASSWORD_TOO_LONG"], async (side) => {
    let number = 0;
    for (const password of ["", "1234567", "12345678", "x".repeat(128), "x".repeat(129)]) {
      number += 1;
      await side.post("/sign-up/email", body(side, { password, email: side.email(`p${number}`) }), { cookies: false });
    }
  }),
  scenario("sign-up counts a password as JavaScript does", ["200", "400 PASSWORD_TOO_SHORT"], async (side) => {
    await side.post("/sign-up/email", body(side, { password: "\u{1F98A}".repeat(4) }));
    await side.post("/sign-up/email", body(side, { password: "\u{1F98A}".repeat(3) + "x", email: side.email("b") }), { cookies: false });
  }),
  scenario("sign-up does not set what is not the user's to set", ["200", "200"], async (side) => {
    await side.post("/sign-up/email", body(side, { id: "mine", emailVerified: true, role: "admin", createdAt: 0 }));
    await side.get("/get-session");
  }),
  scenario("sign-up with a callback that leads away", ["403 INVALID_CALLBACK_URL"], async (side) => {
    await side.post("/sign-up/email", body(side, { callbackURL: "https://evil.example/" }));
  }),
  scenario("sign-up with a form", ["200"], async (side) => {
    const form = new URLSearchParams({ name: "Ann F", email: side.email(), password: "password1234" });
    await side.post("/sign-up/email", form.toString(), { type: "application/x-www-form-urlencoded" });
  }),
  scenario("sign-up with a form that says rememberMe", ["400 VALIDATION_ERROR"], async (side) => {
    const form = new URLSearchParams({ name: "Ann", email: side.email(), password: "password1234", rememberMe: "false" });
    await side.post("/sign-up/email", form.toString(), { type: "application/x-www-form-urlencoded" });
  }),
  scenario("sign-up while signed in makes another session", ["200", "200", "200"], async (side) => {
    await side.signUp("ann");
    await side.signUp("bob");
    await side.get("/get-session");
  }),
];
