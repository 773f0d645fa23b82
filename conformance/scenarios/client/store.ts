import { follow, sessionOf } from "../../src/client.ts";
import { scenario } from "../../src/scenario.ts";
import { PASSWORD, type Side } from "../../src/side.ts";

const PERSON = { name: "Ann", password: PASSWORD };

/**
 * The session as a component follows it; every state it shows is written down at the end.
 * Who was signed up before was signed up over the wire: the client would still be telling it.
 */
async function following(side: Side, story: (session: ReturnType<typeof follow>) => Promise<unknown>, client = side.client) {
  const session = follow(client);
  await story(session);
  session.stop();
  side.note("states of the session", session.states);
  side.note("the session at last", sessionOf(client));
}

export const store = [
  scenario("useSession: before anything was asked", [], async (side) => {
    side.note("the session", sessionOf(side.client));
  }),
  scenario("useSession: after sign-up", ["200", "200"], async (side) => {
    await following(side, ({ afterwards }) => afterwards(() => side.client.signUp.email({ ...PERSON, email: side.email() })));
  }),
  scenario("useSession: after sign-in and sign-out", ["200", "200", "200", "200", "200"], async (side) => {
    await side.signUp();
    const browser = side.another();
    await following(browser, async ({ afterwards }) => {
      await afterwards(() => browser.client.signIn.email({ email: side.email(), password: PASSWORD }));
      await afterwards(() => browser.client.signOut());
    });
  }),
  scenario("useSession: a refused sign-in asks nothing", ["401 INVALID_EMAIL_OR_PASSWORD", "200", "200"], async (side) => {
    await following(side, async ({ afterwards }) => {
      await side.client.signIn.email({ email: side.email(), password: PASSWORD });
      await afterwards(() => side.client.signOut());
    });
  }),
  scenario("useSession: nothing is asked when the signal is disabled", ["200", "200", "200"], async (side) => {
    await following(side, async ({ afterwards }) => {
      const options = { disableSignal: true } as never;
      await side.client.signUp.email({ ...PERSON, email: side.email() }, options);
      await afterwards(() => side.client.signOut());
    });
  }),
  scenario("useSession: asked again by hand", ["200", "200", "200"], async (side) => {
    await side.signUp();
    await following(side, async ({ afterwards }) => {
      await afterwards(() => side.client.useSession.get().refetch());
      await afterwards(() => side.client.useSession.get().refetch({ query: { disableRefresh: true } } as never));
    });
  }),
  scenario("useSession: asked again by a notice", ["200", "200"], async (side) => {
    await side.signUp();
    await following(side, ({ afterwards }) => afterwards(async () => side.client.$store.notify("$sessionSignal")));
  }),
  scenario("useSession: after all sessions were revoked", ["200", "200", "200", "200"], async (side) => {
    await side.signUp();
    await following(side, async ({ afterwards }) => {
      await afterwards(() => side.client.useSession.get().refetch());
      await afterwards(() => side.client.revokeSessions());
    });
  }),
  scenario("useSession: after other sessions were revoked", ["200", "200", "200"], async (side) => {
    await side.signUp();
    await following(side, ({ afterwards }) => afterwards(() => side.client.revokeOtherSessions()));
  }),
  scenario("useSession: after one's own session was revoked", ["200", "200", "200"], async (side) => {
    const { token } = await side.signUp();
    await following(side, ({ afterwards }) => afterwards(() => side.client.revokeSession({ token })));
  }),
  scenario("useSession: the session was ended elsewhere", ["200", "200", "200", "200", "200"], async (side) => {
    await side.signUp();
    const browser = side.another();
    await following(side, async ({ afterwards }) => {
      await afterwards(() => side.client.useSession.get().refetch());
      await browser.client.signIn.email({ email: side.email(), password: PASSWORD });
      await browser.client.revokeOtherSessions();
      await afterwards(() => side.client.useSession.get().refetch());
    });
  }),
  scenario("useSession: an error is shown", ["404"], async (side) => {
    const client = side.clientWith({ basePath: "/elsewhere" });
    await following(side, ({ afterwards }) => afterwards(() => client.useSession.get().refetch()), client);
  }),
  scenario("$store: a listener of the session", ["200", "200"], async (side) => {
    await side.signUp();
    const heard: unknown[] = [];
    side.client.$store.listen("session", (state: unknown) => heard.push((state as { data: unknown }).data));
    await following(side, ({ afterwards }) => afterwards(async () => side.client.$store.notify("$sessionSignal")));
    side.note("what the listener heard", heard);
  }),
];
