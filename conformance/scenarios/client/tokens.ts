import { scenario } from "../../src/scenario.ts";
import { PASSWORD } from "../../src/side.ts";

export const tokens = [
  scenario("client: a token", ["200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.token());
  }),
  scenario("client: a token without a session", ["401 UNAUTHORIZED"], async (side) => {
    await side.see(side.client.token());
  }),
  scenario("client: a token without a session, thrown", ["401 UNAUTHORIZED"], async (side) => {
    await side.see(side.client.token({ fetchOptions: { throw: true } }));
  }),
  scenario("client: two tokens of one session", ["200", "200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.token());
    await side.see(side.client.token());
  }),
  scenario("client: a token of a session that was revoked elsewhere", ["200", "200", "200", "401 UNAUTHORIZED"], async (side) => {
    await side.join();
    const browser = side.another();
    await browser.client.signIn.email({ email: side.email(), password: PASSWORD });
    await browser.client.revokeOtherSessions();
    await side.see(side.client.token());
  }),
  scenario("client: a token is in a header of the session's answer", ["200", "200"], async (side) => {
    await side.join();
    await side.client.getSession({
      fetchOptions: {
        onSuccess: ({ response }) => side.note("set-auth-jwt", response.headers.get("set-auth-jwt")),
      },
    });
  }),
  scenario("client: no session, no token in a header", ["200"], async (side) => {
    await side.client.getSession({
      fetchOptions: {
        onSuccess: ({ response }) => side.note("set-auth-jwt", response.headers.get("set-auth-jwt")),
      },
    });
  }),
  scenario("client: the key set", ["200"], async (side) => {
    await side.see(side.client.jwks());
  }),
  scenario("client: the key set is for everybody", ["200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.jwks({ credentials: "omit" }));
  }),
  scenario("client: a token names a key of the key set", ["200", "200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.token());
    await side.see(side.client.jwks());
  }),
  scenario("client: a token does not stand in for a session", ["200", "200", "200", "401 UNAUTHORIZED"], async (side) => {
    await side.join();
    const { data } = await side.client.token();
    const program = side.another();
    const auth = { type: "Bearer", token: data?.token } as const;
    await program.see(program.client.getSession({ fetchOptions: { auth } }));
    await program.see(program.client.token({ fetchOptions: { auth } }));
  }),
];
