import { scenario } from "../src/scenario.ts";

/** Servers whose address begins with https: cookies get a prefix and `Secure`. */
export const https = [
  scenario("t125 behind https the cookie of a sign-in is prefixed and secure", ["200", "200", "200"], async (side) => {
    await side.signUp();
    await side.get("/get-session");
    await side.post("/sign-out", {});
  }),
];
