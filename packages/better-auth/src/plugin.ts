import type { GenericEndpointContext } from "@better-auth/core";
import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthEndpoint, createAuthMiddleware, getIP, isAPIError } from "better-auth/api";
import { type JwtOptions, toExpJWT } from "better-auth/plugins/jwt";
import { signAnswer } from "./answer.ts";
import type { Watched } from "./causes.ts";
import { minimalClaims, requestBegins } from "./claims.ts";
import { ResourceServers, unknown } from "./credentials.ts";
import { events } from "./events.ts";
import { refuseAnswer } from "./failures.ts";
import { Feed, type Look, type Page } from "./feed.ts";
import { hear } from "./guards.ts";
import { readQuestion } from "./question.ts";
import { checkOptions } from "./requirements.ts";
import { schema } from "./schema.ts";
import { watchStorage } from "./storage.ts";
import { Strangers } from "./strangers.ts";
import { MAX_LEEWAY, readWish, takeBack } from "./taking-back.ts";
import { watchAdapter } from "./watch.ts";

/** For how long an entry is told at least, in seconds. */
const DAY = 24 * 60 * 60;

/** What can be set. */
export type CountersignOptions = {
  /** Whether the feed is served here. `false` where a Countersign server on the same database numbers and serves. */
  serve?: boolean;
  /**
   * Whether each token names its session in `sid`; then the end of a session refuses its own tokens only. By default
   * where `definePayload` of the plugin `jwt` is `minimalClaims`. What `auth.api.signJWT` signs names no session, unless
   * its payload has `sid`.
   */
  tokensNameSession?: boolean;
  /** For how many seconds something stays in the feed: by default a day, or as long as a token lives. */
  retention?: number;
  /** Services that register guards and take back by `POST`, as `NAME:SECRET`. */
  resourceServers?: string[];
  /** Milliseconds between two looks into the database while a guard waits for news; 200 by default. */
  pollInterval?: number;
};

/** The plugin; the last in the list of plugins. */
export function countersign(options: CountersignOptions = {}) {
  const serve = options.serve ?? true;
  let jwt: JwtOptions | undefined;
  let feed: Feed | undefined;
  const servers = new ResourceServers(options.resourceServers ?? []);
  const strangers = new Strangers();
  const exp = (second: number) => toExpJWT(jwt?.jwt?.expirationTime ?? "15m", second);
  const until = (second: number) => Math.max(second + (options.retention ?? DAY), exp(second)) + MAX_LEEWAY;
  return {
    id: "countersign",
    schema,
    init(ctx) {
      jwt = checkOptions(ctx, serve);
      const tokensNameSession = options.tokensNameSession ?? jwt?.jwt?.definePayload === minimalClaims;
      watchAdapter(ctx.adapter, { tableOf: tableOf(ctx.options), tokensNameSession });
      if (ctx.options.secondaryStorage) watchStorage(ctx.options.secondaryStorage);
      if (!serve) return;
      const warn = (error: unknown) => ctx.logger.warn("revocations that are over were not forgotten", error);
      feed = new Feed(ctx.adapter, { pollInterval: options.pollInterval ?? 200, until, warn });
      // Strangers are counted here, and otherwise; what the site says of this very path holds.
      const customRules = { "/revocations": false as const, ...ctx.rateLimit.customRules };
      return { context: { rateLimit: { ...ctx.rateLimit, customRules } } };
    },
    hooks: {
      // A cookie that remembers a session outlives it: tokens are given to sessions that are looked up.
      before: [
        {
          matcher: ({ path }) =>
            path === "/token" || (path === "/get-session" && jwt?.disableSettingJwtHeader !== true),
          handler: createAuthMiddleware(async (ctx) => {
            await requestBegins(exp);
            // A hook that came before may have taken it out of the cookie.
            ctx.context.session = null;
            return { context: { query: { ...ctx.query, disableCookieCache: true } } };
          }),
        },
      ],
      after: [{ matcher: () => true, handler: refuseAnswer }],
    },
    endpoints: {
      revocations: createAuthEndpoint("/revocations", { method: "GET" }, async (ctx) => {
        const open = served(feed);
        const server = servers.authenticate(ctx.headers);
        const address = getIP(ctx.headers ?? new Headers(), ctx.context.options) ?? "";
        if (server === undefined && ctx.context.rateLimit.enabled) strangers.ask(address);
        const question = readQuestion(ctx.query ?? {}, ctx.headers);
        const leave = server === undefined ? strangers.wait(address, question) : () => {};
        const sign = (news: { look: Look; page: Page }) => signAnswer(ctx, jwt, news, question.nonce);
        const answer = (type: string, body: BodyInit) =>
          new Response(body, { headers: { "Content-Type": type, "Cache-Control": "no-store" } });
        return orUnavailable(ctx, async () => {
          if (server !== undefined) await hear(ctx.context.adapter, server, question);
          if (question.asEvents) {
            const ended = (error?: unknown) => {
              leave();
              if (error !== undefined) unavailable(ctx, error);
            };
            return answer("text/event-stream", events(open, question, sign, ended));
          }
          return answer("application/jwt", await sign(await open.next(question).finally(leave)));
        });
      }),
      takeBack: createAuthEndpoint("/revocations", { method: "POST" }, async (ctx) => {
        const open = served(feed);
        const server = servers.authenticate(ctx.headers);
        if (server === undefined) throw unknown();
        const wish = readWish(ctx.body);
        const { wait, timeout } = (ctx.query ?? {}) as Record<string, unknown>;
        return orUnavailable(ctx, async () => {
          await takeBack(ctx, wish, until(Math.floor(Date.now() / 1000)));
          ctx.context.logger.info(`the resource server ${server} took something back: ${wish.kind}`);
          // What was just committed is at the head, or before it.
          const { epoch, sequence } = await open.look();
          const seconds = typeof timeout === "string" && /^[0-9]{1,3}$/.test(timeout) ? Math.min(Number(timeout), 30) : 10;
          const all = wait === "all" ? await open.confirmed({ epoch, sequence }, seconds) : {};
          return ctx.json({ epoch, sequence, ...all });
        });
      }),
    },
  } satisfies BetterAuthPlugin;
}

function served(feed: Feed | undefined): Feed {
  if (feed === undefined) throw new APIError("NOT_FOUND");
  return feed;
}

/** What cannot be looked up or written now is a 503, and the log says why. */
async function orUnavailable<R>(ctx: GenericEndpointContext, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (isAPIError(error)) throw error;
    unavailable(ctx, error);
    const refusal = { code: "SERVICE_UNAVAILABLE", message: "Revocations cannot be read or written now" };
    throw new APIError("SERVICE_UNAVAILABLE", refusal);
  }
}

function unavailable(ctx: GenericEndpointContext, error: unknown): void {
  ctx.context.logger.error("the revocation feed cannot be read or written now", error);
}

/** A table by the names that it may be called: Better Auth's own, the database's, and that in the plural. */
function tableOf(options: { [Name in Watched]?: { modelName?: string } | undefined }) {
  const tables = new Map<string, Watched>();
  for (const table of ["session", "user", "account"] as const) {
    for (const name of [table, options[table]?.modelName ?? table]) tables.set(name, table).set(`${name}s`, table);
  }
  return (model: string) => tables.get(model);
}
