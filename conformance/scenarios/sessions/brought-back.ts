import { Redis } from "ioredis";
import { scenario } from "../../src/scenario.ts";
import { PASSWORD, type Side } from "../../src/side.ts";
import { begin, code, comeBack, person, signIn } from "../social/provider.ts";

/** What Redis holds under this identifier, and for how many minutes. */
async function kept(side: Side, identifier: string): Promise<{ text: string | null; minutes: number }> {
  const redis = new Redis(side.redis);
  try {
    const key = `better-auth:verification:${identifier}`;
    return { text: await redis.get(key), minutes: Math.round((await redis.ttl(key)) / 60) };
  } finally {
    redis.disconnect();
  }
}

/** Writes that down. */
async function held(side: Side, identifier: string): Promise<void> {
  side.note("Redis holds", await kept(side, identifier));
}

/** Writes it down for a sign-in on its way, but for the provider that only ours is bound to. */
async function heldFlow(side: Side, state: string): Promise<void> {
  const { text, minutes } = await kept(side, `auth-state:${state}`);
  if (text === null) return side.note("Redis holds", "nothing");
  const { value, ...row } = JSON.parse(text) as { value: string };
  const flow = JSON.parse(value) as Record<string, unknown>;
  delete flow.serverContext;
  side.note("Redis holds", { members: Object.keys(JSON.parse(text) as object), row, minutes });
  side.note("a flow", flow);
}

/** Redis forgets what it holds under this identifier. */
async function forgotten(side: Side, identifier: string): Promise<void> {
  const redis = new Redis(side.redis);
  await redis.del(`better-auth:verification:${identifier}`);
  redis.disconnect();
}

/** What somebody has to bring back once, where Redis has it; and mails at sign-ins with a provider. */
export const broughtBack = [
  scenario("Redis: a link to reset a password", ["200", "200", "302", "400 PASSWORD_TOO_SHORT", "200", "400 INVALID_TOKEN", "200"], async (side) => {
    await side.signUp();
    await side.post("/request-password-reset", { email: side.email(), redirectTo: "/reset" });
    const mail = await side.newestMail(1);
    await held(side, `reset-password:${mail.token}`);
    await side.follow(mail);
    await side.post("/reset-password", { newPassword: "short", token: mail.token });
    await side.post("/reset-password", { newPassword: "another-password", token: mail.token });
    await held(side, `reset-password:${mail.token}`);
    await side.post("/reset-password", { newPassword: "another-password", token: mail.token });
    await side.another().post("/sign-in/email", { email: side.email(), password: "another-password" });
  }),
  scenario("Redis: a link that Redis forgot", ["200", "200", "302", "400 INVALID_TOKEN"], async (side) => {
    await side.signUp();
    await side.post("/request-password-reset", { email: side.email(), redirectTo: "/reset" });
    const mail = await side.newestMail(1);
    await forgotten(side, `reset-password:${mail.token}`);
    await side.follow(mail);
    await side.post("/reset-password", { newPassword: "another-password", token: mail.token });
  }),
  scenario("Redis: a link to delete oneself", ["200", "200", "302", "200", "401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    await side.signUp();
    await side.post("/delete-user", { callbackURL: "/bye" });
    const mail = await side.newestMail(1);
    await held(side, `delete-account-${mail.token}`);
    await side.follow(mail);
    await held(side, `delete-account-${mail.token}`);
    await side.get("/get-session");
    await side.post("/sign-in/email", { email: side.email(), password: PASSWORD });
  }),
  scenario("Redis: who deletes themselves is signed out everywhere", ["200", "200", "200", "302", "200"], async (side) => {
    await side.signUp();
    const elsewhere = side.another();
    await elsewhere.post("/sign-in/email", { email: side.email(), password: PASSWORD });
    await side.post("/delete-user", { callbackURL: "/bye" });
    await side.follow(await side.newestMail(1));
    await elsewhere.get("/get-session");
  }),
  scenario("Redis: who asks for the link to delete themselves stays signed in", ["200", "200", "200"], async (side) => {
    await side.signUp();
    await side.post("/delete-user", {});
    await side.get("/get-session");
    await side.mails(1);
  }),
  scenario("Redis: a sign-in on its way to a provider", ["200", "302", "302"], async (side) => {
    const flow = await begin(side, "plain");
    await heldFlow(side, flow.state);
    const query = { code: code(flow, person(side, flow, "plain")) };
    await comeBack(side, flow, query);
    await heldFlow(side, flow.state);
    await comeBack(side, flow, query);
  }),
  scenario("social: an address that has to be proven is mailed to, each time", ["200", "302", "200", "302", "302", "200", "302"], async (side) => {
    await signIn(side, "strict", { email_verified: false });
    await signIn(side, "strict", { email_verified: false }, {}, { callbackURL: "/there?a=b" });
    await side.follow(await side.newestMail(2));
    await signIn(side, "strict", { email_verified: false });
    await side.mails(2);
  }),
  scenario("social: an address that need not be proven is not mailed to", ["200", "302", "200", "302", "200"], async (side) => {
    await signIn(side, "plain", { email_verified: false });
    await signIn(side.another(), "plain", { email_verified: false });
    await side.post("/request-password-reset", { email: side.email() });
    await side.mails(1);
  }),
];
