import { scenario } from "../src/scenario.ts";

const TOO_MANY = "429 Too many requests. Please try again later.";

/** Each counts on paths of its own: counters outlive a scenario. */
export const rateLimits = rateLimitsIn("memory");

export function rateLimitsIn(where: string) {
  const at = where === "memory" ? "" : `, counted in ${where}`;
  return [
    scenario(`the fourth sign-in within ten seconds is refused${at}`, [...Array(3).fill("400 INVALID_EMAIL"), TOO_MANY, TOO_MANY], async (side) => {
      for (let number = 0; number < 5; number += 1) {
        await side.post("/sign-in/email", { email: "nobody", password: "password1234" });
      }
    }),
    scenario(`the fourth sign-up is refused, whatever it holds${at}`, [...Array(3).fill("400 VALIDATION_ERROR"), TOO_MANY, TOO_MANY], async (side) => {
      for (let number = 0; number < 4; number += 1) await side.post("/sign-up/email", {});
      await side.post("/sign-up/email", "{");
    }),
    scenario(`t266 t267 paths that try or mail an address are refused the fourth time, and say how long${at}`, Array(3).fill([...Array(3).fill("400 VALIDATION_ERROR"), TOO_MANY]).flat(), async (side) => {
      for (const path of ["/request-password-reset", "/send-verification-email", "/change-email"]) {
        for (let number = 0; number < 4; number += 1) {
          const { headers } = await side.post(path, {});
          side.note("a minute or ten seconds", Number(headers["x-retry-after"] ?? 0) > 10);
        }
      }
    }),
    scenario(`paths that are none are counted too${at}`, [...Array(3).fill("404"), TOO_MANY], async (side) => {
      for (let number = 0; number < 4; number += 1) await side.get("/sign-in/nowhere");
    }),
    scenario(`the hundred and first request of any other path is refused${at}`, [...Array(100).fill("200"), TOO_MANY], async (side) => {
      for (let number = 0; number < 101; number += 1) await side.get("/jwks");
    }),
  ];
}
