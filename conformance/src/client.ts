/** The real client of Better Auth, in a browser that is a jar. */
import { createAuthClient } from "better-auth/client";
import { jwtClient, multiSessionClient, usernameClient } from "better-auth/client/plugins";

export type ClientOptions = Pick<
  NonNullable<Parameters<typeof createAuthClient>[0]>,
  "baseURL" | "basePath" | "fetchOptions" | "disableDefaultFetchPlugins"
>;
export type AuthClient = ReturnType<typeof clientOf>;
export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

export function clientOf(origin: string, fetch: Fetch, options: ClientOptions = {}) {
  return createAuthClient({
    baseURL: origin,
    plugins: [jwtClient(), multiSessionClient(), usernameClient()],
    ...options,
    fetchOptions: { customFetchImpl: fetch, ...options.fetchOptions },
  });
}

interface SessionState {
  data: unknown;
  error: unknown;
  isPending: boolean;
  isRefetching: boolean;
}

/** What a component that uses the session would show, without the functions. */
export function sessionOf(client: AuthClient): SessionState {
  const { data, error, isPending, isRefetching } = client.useSession.get();
  return { data, error, isPending, isRefetching };
}

/** Follows the session as a component does, until `stop`. */
export function follow(client: AuthClient) {
  const states: SessionState[] = [];
  const waiting: (() => void)[] = [];
  const stop = client.useSession.listen(() => {
    const state = sessionOf(client);
    states.push(state);
    if (!state.isRefetching) waiting.splice(0).forEach((resolve) => resolve());
  });
  return {
    states,
    stop,
    /** Does something and waits until the session was asked for again. */
    async afterwards<T>(action: () => Promise<T>): Promise<T> {
      const settled = new Promise<void>((resolve) => waiting.push(resolve));
      const result = await action();
      await settled;
      return result;
    },
  };
}
