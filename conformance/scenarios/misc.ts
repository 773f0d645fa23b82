import { scenario } from "../src/scenario.ts";

/** Probes, the error page, and what is no endpoint. */
export const misc = [
  scenario("ok", ["200"], async (side) => {
    await side.get("/ok");
  }),
  scenario("no endpoint, in path or method", Array(12).fill("404"), async (side) => {
    await side.get("/nowhere");
    await side.get("");
    await side.get("/");
    await side.get("/ok/");
    await side.get("//ok");
    await side.get("/OK");
    await side.get("/%6fk");
    await side.post("/ok");
    await side.get("/sign-out");
    await side.send("PUT", "/sign-in/email", { body: {} });
    await side.send("DELETE", "/ok");
    await side.get("!/elsewhere");
  }),
  scenario("HEAD and OPTIONS are no methods here", ["404", "404", "404"], async (side) => {
    await side.send("HEAD", "/ok");
    await side.send("OPTIONS", "/ok");
    await side.send("OPTIONS", "/sign-in/email");
  }),
  scenario("the error page", ["200", "200", "200"], async (side) => {
    await side.get("/error?error=state_mismatch");
    await side.get("/error");
    await side.get("/error?error=%3Cscript%3E&error_description=%3Cb%3Ehi%3C%2Fb%3E");
  }),
  scenario("a query does not matter to ok", ["200"], async (side) => {
    await side.get("/ok?x=1&x=2");
  }),
];
