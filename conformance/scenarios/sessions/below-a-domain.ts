import { scenario } from "../../src/scenario.ts";

export const belowADomain = [
  scenario("below a domain: a session from its first cookie to its last", Array(4).fill("200"), async (side) => {
    await side.signUp();
    await side.get("/get-session");
    await side.get("/get-session?disableCookieCache=1");
    await side.post("/sign-out", {});
  }),
  scenario("below a domain: a session that ends with the browser", Array(3).fill("200"), async (side) => {
    await side.signUp("ann", { rememberMe: false });
    await side.get("/get-session");
    await side.post("/revoke-sessions", {});
  }),
  scenario("below a domain: a long cookie is cut", Array(2).fill("200"), async (side) => {
    await side.signUp("ann", { image: `https://example.com/${"x".repeat(3_500)}` });
    await side.get("/get-session");
  }),
  scenario("below a domain: cookies of usual names are none", ["200", "200"], async (side) => {
    await side.signUp();
    const value = side.cookies.get("__Secure-sid") ?? "";
    await side.get("/get-session", { headers: { cookie: `__Secure-better-auth.session_token=${value}` } });
  }),
];
