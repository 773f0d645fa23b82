import { scenario } from "../src/scenario.ts";

export const tokens = [
  scenario("token", ["200", "200"], async (side) => {
    await side.signUp();
    await side.get("/token");
  }),
  scenario("token without a session", ["401 UNAUTHORIZED"], async (side) => {
    await side.get("/token");
  }),
  scenario("token is not posted", ["200", "404"], async (side) => {
    await side.signUp();
    await side.post("/token", {});
  }),
  scenario("jwks", ["200"], async (side) => {
    await side.get("/jwks");
  }),
  scenario("a token and get-session name the same key as jwks", ["200", "200", "200", "200"], async (side) => {
    await side.signUp();
    await side.get("/token");
    await side.get("/get-session");
    await side.get("/jwks");
  }),
  scenario("a session that is not to be remembered gives tokens too", ["200", "200"], async (side) => {
    await side.signUp("ann", { rememberMe: false });
    await side.get("/token");
  }),
  scenario("a user with an image and a name of all alphabets in a token", ["200", "200"], async (side) => {
    await side.signUp("ann", { image: "https://i.example/ä.png", name: "Ænn 安 \u{1F98A}" });
    await side.get("/token");
  }),
];
