/** The plugin open-api: a description of what this server answers. */
import { exchange } from "../src/exchange.ts";
import { scenario } from "../src/scenario.ts";
import { API, type Side } from "../src/side.ts";

interface Description {
  paths: Record<string, unknown>;
  components: { schemas: Record<string, unknown> };
}

const SCHEMA = "/open-api/generate-schema";

/** What `countersign serve` answers with the plugins jwt and open-api. */
const ANSWERED = [
  "/account-info",
  "/callback/{id}",
  "/change-email",
  "/change-password",
  "/delete-user",
  "/delete-user/callback",
  "/error",
  "/get-access-token",
  "/get-session",
  "/jwks",
  "/link-social",
  "/list-accounts",
  "/list-sessions",
  "/ok",
  "/refresh-token",
  "/request-password-reset",
  "/reset-password",
  "/reset-password/{token}",
  "/revoke-other-sessions",
  "/revoke-session",
  "/revoke-sessions",
  "/send-verification-email",
  "/sign-in/email",
  "/sign-in/social",
  "/sign-out",
  "/sign-up/email",
  "/token",
  "/unlink-account",
  "/update-session",
  "/update-user",
  "/verify-email",
  "/verify-password",
];

async function description(side: Side): Promise<Description> {
  const answer = await exchange(side.base, { method: "GET", path: API + SCHEMA });
  return JSON.parse(answer.body) as Description;
}

export const openApi = [
  scenario("open-api: the description", ["200"], async (side) => {
    await side.get(SCHEMA);
  }),
  scenario("open-api: all but its endpoints", [], async (side) => {
    side.note("without paths", { ...(await description(side)), paths: {} });
  }),
  ...ANSWERED.map((path) =>
    scenario(`open-api: ${path}`, [], async (side) => {
      const { paths } = await description(side);
      side.note(path, paths[path]);
    }),
  ),
  scenario("open-api: which endpoints there are", [], async (side) => {
    const { paths } = await description(side);
    side.note("others", Object.keys(paths).filter((path) => !ANSWERED.includes(path)));
  }),
  scenario("open-api: the page", ["200"], async (side) => {
    await side.get("/reference");
  }),
  scenario("open-api: nothing is posted", ["404", "404"], async (side) => {
    await side.post(SCHEMA, {});
    await side.post("/reference", {});
  }),
];
