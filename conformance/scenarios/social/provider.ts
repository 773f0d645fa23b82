/** The way through an identity provider, as a browser goes it. */
import type { Received } from "../../src/exchange.ts";
import type { Side } from "../../src/side.ts";

export interface Flow {
  provider: string;
  state: string;
  challenge: string | undefined;
  nonce: string | undefined;
}

export type Members = Record<string, unknown>;

/** Asks the way, and reads what the provider would be told. */
export async function begin(side: Side, provider: string, body: Members = {}, path = "/sign-in/social"): Promise<Flow> {
  const answer = await side.post(path, { provider, callbackURL: "/in", errorCallbackURL: "/err", ...body });
  const { url } = JSON.parse(answer.body) as { url: string };
  const query = new URL(url).searchParams;
  return {
    provider,
    state: query.get("state") ?? "",
    challenge: query.get("code_challenge") ?? undefined,
    nonce: query.get("nonce") ?? undefined,
  };
}

/** A code that becomes what is said here. */
export function code(flow: Flow, said: Members): string {
  return Buffer.from(JSON.stringify({ challenge: flow.challenge, ...said })).toString("base64url");
}

/** Comes back from the provider. */
export function comeBack(side: Side, flow: Flow, query: Record<string, string>): Promise<Received> {
  return side.get(`/callback/${flow.provider}?${new URLSearchParams({ state: flow.state, ...query })}`);
}

/** What this provider says of somebody. */
export function person(side: Side, flow: Flow | undefined, provider: string, change: Members = {}, who = "ann"): Members {
  const email = side.email(who);
  const sub = `sub ${email}`;
  switch (provider) {
    case "google":
      return { claims: { sub, email, email_verified: true, name: "Ann", picture: "https://p.test/a.png", ...change } };
    case "apple":
      return { claims: { sub, email, email_verified: "true", ...change } };
    case "microsoft":
      return { claims: { sub, oid: `oid ${email}`, tid: "some-tenant", email, name: "Ann", verified_primary_email: [email], ...change } };
    case "oidc":
      return { claims: { sub, email, email_verified: true, name: "Ann", picture: "https://p.test/a.png", nonce: flow?.nonce, ...change } };
    case "github":
      return {
        profile: { id: numberOf(email), login: "ann", name: "Ann", email, avatar_url: "https://p.test/a.png", ...change },
        emails: [{ email, primary: true, verified: true }],
      };
    case "discord":
      return { profile: { id: `7${numberOf(email)}`, username: "ann", global_name: "Ann", discriminator: "0", avatar: null, email, verified: true, ...change } };
    default:
      return { profile: { id: sub, email, email_verified: true, name: "Ann", picture: "https://p.test/a.png", ...change } };
  }
}

/** The whole way in. */
export async function signIn(side: Side, provider: string, change: Members = {}, more: Members = {}, body: Members = {}): Promise<Flow> {
  const flow = await begin(side, provider, body);
  await comeBack(side, flow, { code: code(flow, { ...person(side, flow, provider, change), ...more }) });
  return flow;
}

/** An ID token of this provider. */
export async function idToken(side: Side, provider: string, change: Members = {}): Promise<string> {
  const { claims } = person(side, undefined, provider, change) as { claims: Members };
  const answer = await fetch(`${side.identityProvider}/sign/${provider}`, { method: "POST", body: JSON.stringify(claims) });
  return ((await answer.json()) as { token: string }).token;
}

/** A number that is the same on both sides. */
function numberOf(text: string): number {
  return [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_000_007, 7);
}
