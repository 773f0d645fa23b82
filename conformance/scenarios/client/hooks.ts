import { scenario } from "../../src/scenario.ts";
import { PASSWORD, type Side } from "../../src/side.ts";

/** Every hook of a call, written down in the order in which it is called. */
function hooks(side: Side, who: string) {
  return {
    onRequest: (context: { method?: string }) => side.note(`${who} onRequest`, context.method),
    onResponse: ({ response }: { response: Response }) => {
      side.note(`${who} onResponse`, [response.status, response.statusText, response.ok]);
    },
    onSuccess: ({ data }: { data: unknown }) => side.note(`${who} onSuccess`, data),
    onError: ({ error }: { error: unknown }) => side.note(`${who} onError`, error),
  };
}

export const hooked = [
  scenario("client: hooks of a sign-up", ["200"], async (side) => {
    const person = { name: "Ann", email: side.email(), password: PASSWORD };
    await side.see(side.client.signUp.email(person, hooks(side, "call")));
  }),
  scenario("client: hooks of a refused sign-in", ["401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    await side.see(side.client.signIn.email({ email: side.email(), password: PASSWORD }, hooks(side, "call")));
  }),
  scenario("client: hooks of a call that throws", ["401 UNAUTHORIZED"], async (side) => {
    await side.see(side.client.token({ fetchOptions: { throw: true, ...hooks(side, "call") } }));
  }),
  scenario("client: hooks of a path that is none", ["404"], async (side) => {
    await side.see(side.client.$fetch("/nowhere", hooks(side, "call")));
  }),
  scenario("client: hooks of a client and of its call", ["200", "401 UNAUTHORIZED"], async (side) => {
    const client = side.clientWith({ fetchOptions: hooks(side, "client") });
    await side.see(client.getSession({ fetchOptions: hooks(side, "call") }));
    await side.see(client.listSessions({ fetchOptions: hooks(side, "call") }));
  }),
  scenario("client: hooks of sign-out and of what comes after", ["200", "200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.signOut({ fetchOptions: hooks(side, "call") }));
    await side.see(side.client.getSession({ fetchOptions: hooks(side, "call") }));
  }),
  scenario("client: a refused call is tried again when asked to", ["401 UNAUTHORIZED", "401 UNAUTHORIZED", "401 UNAUTHORIZED"], async (side) => {
    const retry = { type: "linear", attempts: 2, delay: 0, shouldRetry: (response: Response | null) => response?.status === 401 } as const;
    const onRetry = () => side.note("onRetry", true);
    await side.see(side.client.token({ fetchOptions: { retry, onRetry, ...hooks(side, "call") } }));
  }),
];
