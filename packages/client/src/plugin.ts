import type { BetterFetch, BetterFetchPlugin } from "better-auth/client";
import { membersOf } from "./errors.ts";
import { type Ask, type Grant, newToken } from "./grants.ts";
import { type Surroundings, usualSurroundings } from "./surroundings.ts";
import { type AccessTokens, type End, keepTokens, type TokenKeeper } from "./tokens.ts";

export interface CountersignClientOptions {
  /** How tokens are asked for; `session` if absent. */
  grant?: Grant | undefined;
  /**
   * The session of this page is over, and this page did not do it. Called once: a good place to go to the login page.
   */
  onEnd?: ((why: End) => void) | undefined;
  /** Tabs of one name share a token; needed where one origin has several auth servers. `countersign` if absent. */
  name?: string | undefined;
  /** For tests. */
  surroundings?: Partial<Surroundings> | undefined;
}

/** What the Better Auth client gets: an action more, and an ear for what is asked of the auth server. */
export interface CountersignClient {
  id: "countersign";
  getActions($fetch: BetterFetch): { tokens: AccessTokens };
  fetchPlugins: BetterFetchPlugin[];
}

/** A token takes no longer than this, however many questions it takes; then the next tab may ask. */
const TIMEOUT_MS = 15_000;

/** A plugin of the Better Auth client: `authClient.tokens` is the access token, and every sign-in and sign-out is heard. */
export function countersignClient(options: CountersignClientOptions = {}): CountersignClient {
  const surroundings = { ...usualSurroundings(), ...options.surroundings };
  let keeper: TokenKeeper | undefined;
  return {
    id: "countersign",
    getActions($fetch) {
      const askUntil =
        (signal: AbortSignal): Ask =>
        async (path, question) => {
          let headers = new Headers();
          const { data, error } = await $fetch<unknown>(path, {
            ...question,
            cache: "no-store",
            // Covers the body as well, which the option `timeout` does not.
            signal,
            onResponse: ({ response }) => void (headers = response.headers),
          });
          return { status: error?.status ?? 200, headers, body: error ?? data };
        };
      const { grant = "session", onEnd = () => {}, name = "countersign" } = options;
      const asked = () => newToken(grant, askUntil(surroundings.deadline(TIMEOUT_MS)), surroundings.now);
      keeper = keepTokens(name, asked, onEnd, surroundings);
      const { get, atHand } = keeper;
      return { tokens: { get, atHand } };
    },
    fetchPlugins: [
      {
        id: "countersign",
        name: "countersign",
        hooks: {
          onSuccess({ request, data }) {
            const { pathname } = new URL(String(request.url), "http://relative.invalid");
            if (endsSession(pathname, data)) keeper?.ended();
            else if (SIGNS_IN.test(pathname)) keeper?.signedIn();
            else if (request.method === "POST" && !ASKS.test(pathname)) keeper?.changed();
          },
        },
      },
    ],
  };
}

/** What changes nothing about a session. Whatever else is posted may: a password, a name in the token. */
const ASKS = /\/(token|get-session)$/;

/** After which somebody else may be signed in than before. */
const SIGNS_IN = new RegExp(
  "/(sign-(in|up)/.+|verify-email|one-tap/callback|multi-session/(set-active|revoke)|delete-anonymous-user" +
    "|admin/(impersonate-user|stop-impersonating)" +
    "|(magic-link|one-time-token|passkey|phone-number|siwe|two-factor)/verify(-authentication|-totp|-otp|-backup-code)?)$",
);

function endsSession(path: string, answer: unknown): boolean {
  if (/\/(sign-out|revoke-sessions)$/.test(path)) return true;
  // Without its confirmation by mail; with it, the account is deleted later.
  return path.endsWith("/delete-user") && membersOf(answer).message === "User deleted";
}
