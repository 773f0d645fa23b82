import { Redis } from "ioredis";
import { scenario } from "../../src/scenario.ts";
import type { Side } from "../../src/side.ts";

interface Person {
  token: string;
  user: { id: string };
}

/** Writes down what Redis holds of somebody: values, and how many minutes they stay. */
async function held(side: Side, { user }: Person, tokens: string[]): Promise<void> {
  const redis = new Redis(side.redis);
  try {
    const keys = [...tokens, `active-sessions-${user.id}`, `revoked-sessions-before-${user.id}`];
    for (const key of keys.map((key) => `better-auth:${key}`)) {
      const value = (await redis.get(key))?.replace(/^\d{13}$/, "<ms>").replace(/"expiresAt":\d{13}/g, `"expiresAt":"<ms>"`);
      side.note("Redis holds", { key, value, minutes: Math.round((await redis.ttl(key)) / 60) });
    }
  } finally {
    redis.disconnect();
  }
}

async function again(side: Side, more = {}): Promise<string> {
  const body = { email: side.email(), password: "password1234", ...more };
  const answer = await side.post("/sign-in/email", body, { cookies: false });
  return (JSON.parse(answer.body) as Person).token;
}

/** Sessions that are in Redis. */
export const inRedis = (where: string) => [
  scenario(`${where}: a session is kept and read`, Array(4).fill("200"), async (side) => {
    const ann = await side.signUp();
    await side.get("/get-session");
    await side.get("/list-sessions");
    await side.get("/token");
    await held(side, ann, [ann.token]);
  }),
  scenario(`${where}: a session that ends with the browser`, Array(2).fill("200"), async (side) => {
    const ann = await side.signUp("ann", { rememberMe: false });
    await side.get("/get-session");
    await held(side, ann, [ann.token]);
  }),
  scenario(`${where}: signing out, twice`, Array(4).fill("200"), async (side) => {
    const ann = await side.signUp();
    const cookie = side.cookieHeader();
    await side.post("/sign-out", {});
    await held(side, ann, [ann.token]);
    await side.post("/sign-out", {}, { headers: { cookie } });
    await side.get("/get-session", { headers: { cookie } });
  }),
  scenario(`${where}: one of two sessions is revoked`, Array(5).fill("200"), async (side) => {
    const ann = await side.signUp();
    const first = side.cookieHeader();
    const token = await again(side);
    await side.post("/revoke-session", { token: ann.token });
    await side.get("/get-session", { headers: { cookie: first } });
    await side.get("/list-sessions");
    await held(side, ann, [ann.token, token]);
  }),
  scenario(`${where}: all others are revoked`, Array(6).fill("200"), async (side) => {
    const ann = await side.signUp();
    const first = side.cookieHeader();
    const second = await again(side);
    const third = await again(side);
    await side.post("/revoke-other-sessions", {});
    await side.get("/get-session", { headers: { cookie: first } });
    await side.get("/list-sessions");
    await held(side, ann, [ann.token, second, third]);
  }),
  scenario(`${where}: all are revoked`, Array(5).fill("200"), async (side) => {
    const ann = await side.signUp();
    const cookie = side.cookieHeader();
    const second = await again(side);
    await side.post("/revoke-sessions", {});
    await side.get("/get-session", { headers: { cookie } });
    await held(side, ann, [ann.token, second]);
    await again(side);
  }),
  scenario(`${where}: somebody else's session is not revoked`, Array(4).fill("200"), async (side) => {
    const ann = await side.signUp();
    const cookie = side.cookieHeader();
    side.cookies.clear();
    await side.signUp("bob");
    await side.post("/revoke-session", { token: ann.token });
    await side.get("/get-session", { headers: { cookie } });
  }),
  scenario(`${where}: a session that Redis lost`, Array(2).fill("200"), async (side) => {
    const ann = await side.signUp();
    const redis = new Redis(side.redis);
    await redis.del(`better-auth:${ann.token}`);
    redis.disconnect();
    await side.get("/get-session");
  }),
  scenario(`${where}: a session that is due is extended`, Array(4).fill("200"), async (side) => {
    const ann = await side.signUp();
    const redis = new Redis(side.redis);
    const key = `better-auth:${ann.token}`;
    const soon = new Date(Date.now() + 5 * 86_400_000).toISOString();
    const kept = (await redis.get(key)) ?? "";
    await redis.set(key, kept.replace(/"expiresAt":"[^"]*"/, `"expiresAt":"${soon}"`), "EX", 432_000);
    redis.disconnect();
    await side.get("/get-session?disableRefresh=1");
    await side.get("/get-session");
    await side.get("/get-session");
    await held(side, ann, [ann.token]);
  }),
];
