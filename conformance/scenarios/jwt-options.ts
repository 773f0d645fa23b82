/** The plugin jwt with its options: claims, audiences, keys and where they are. */
import { scenario } from "../src/scenario.ts";

const KEYS = "/.well-known/jwks.json";

export const jwtOptions = [
  scenario("jwt's options: a token says what the template says", ["200", "200"], async (side) => {
    await side.signUp("ann", { image: "https://i.example/a.png" });
    await side.get("/token");
  }),
  scenario("jwt's options: what a user lacks is null", ["200", "200"], async (side) => {
    await side.signUp("ann", { name: "Ænn 安" });
    await side.get("/token");
  }),
  scenario("jwt's options: get-session carries no token", ["200", "200"], async (side) => {
    await side.signUp();
    await side.get("/get-session");
  }),
  scenario("jwt's options: the keys are where they were put, and nowhere else", ["200", "404"], async (side) => {
    await side.get(KEYS);
    await side.get("/jwks");
  }),
  scenario("jwt's options: a token names a key of these", ["200", "200", "200"], async (side) => {
    await side.signUp();
    await side.get("/token");
    await side.get(KEYS);
  }),
];
