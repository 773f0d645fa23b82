import { scenario } from "../../src/scenario.ts";
import { PASSWORD, type Side } from "../../src/side.ts";

const WRONG = "401 INVALID_EMAIL_OR_PASSWORD";

function signIn(side: Side, password: unknown, email: unknown = side.email()) {
  return side.post("/sign-in/email", { email, password }, { cookies: false });
}

function signUp(side: Side, email: unknown, password: unknown = PASSWORD) {
  return side.post("/sign-up/email", { name: "Ann", email, password }, { cookies: false });
}

const NO_ADDRESSES = [
  "mıke@example.org",
  "user＠example.com",
  "us\u200der@x.org",
  "ﬀ@x.org",
  "user@ex\u0430mple.com",
  "user@example.com.",
  "a@x.com,b@y.com",
  "a@x.com;b@y.com",
  "a@x.com\r\nBcc: z@z",
  '"a@x.com"@y.com',
  "a@x.com\u0000",
  "a@@x.com",
  "@x.com",
  "a@",
  "a@-x.com",
  "a@x..com",
];

/** Group H of the threats: what takes addresses and passwords. */
export const threatsOfCredentials = [
  scenario("t175 unknown, wrong, and without a password look the same", ["200", WRONG, WRONG, WRONG], async (side) => {
    await side.signUp();
    await signIn(side, PASSWORD, side.email("nobody"));
    await signIn(side, "password12345");
    side.rows.remove("account");
    await signIn(side, PASSWORD);
  }),
  scenario("t175 an account whose password is null", ["200", WRONG], async (side) => {
    await side.signUp();
    side.rows.set("account", "password", null);
    await signIn(side, PASSWORD);
  }),
  scenario("t181 one address in any case is one person", ["200", "200", "422 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"], async (side) => {
    await signUp(side, side.email("Alice"));
    await signIn(side, PASSWORD, side.email("aLICE"));
    await signUp(side, side.email("ALICE"));
  }),
  scenario("t182 t183 addresses that are none at sign-up", Array(NO_ADDRESSES.length).fill("400 VALIDATION_ERROR"), async (side) => {
    for (const email of NO_ADDRESSES) await signUp(side, email);
  }),
  scenario("t182 t183 addresses that are none at sign-in", Array(NO_ADDRESSES.length).fill("400 INVALID_EMAIL"), async (side) => {
    for (const email of NO_ADDRESSES) await signIn(side, PASSWORD, email);
  }),
  scenario("t183 addresses that are lists and queries", Array(4).fill("400 VALIDATION_ERROR"), async (side) => {
    for (const email of [["a@x.com", "b@y.com"], { $ne: null }]) {
      await signUp(side, email);
      await signIn(side, PASSWORD, email);
    }
  }),
  scenario("t184 addresses that are long and none", Array(3).fill("400 VALIDATION_ERROR"), async (side) => {
    for (const email of [`a@${"a.".repeat(5_000)}`, `${"a.".repeat(5_000)}@x.com`, `${"a".repeat(10_000)}@`]) await signUp(side, email);
  }),
  scenario("t184 addresses that are too long", ["200", "200"], async (side) => {
    for (const length of [321, 10_000]) await signUp(side, side.email("x".repeat(length)));
  }),
  scenario("t185 passwords at the limits of their length", ["400 PASSWORD_TOO_SHORT", "200", "200", "400 PASSWORD_TOO_LONG"], async (side) => {
    for (const length of [7, 8, 128, 129]) await signUp(side, side.email(`p${length}`), "x".repeat(length));
  }),
  scenario("t186 a password of 64 KiB", ["400 PASSWORD_TOO_LONG"], async (side) => {
    await signIn(side, "x".repeat(65_536));
  }),
  scenario("t189 passwords that are almost the same", ["200", WRONG, WRONG, WRONG, WRONG, "200"], async (side) => {
    const password = `Pass${"x".repeat(100)}\u0000end`;
    await signUp(side, side.email(), password);
    await signIn(side, password.toLowerCase());
    await signIn(side, password.split("\u0000")[0]);
    await signIn(side, `${password} `);
    await signIn(side, `${password.slice(0, -1)}D`);
    await signIn(side, password);
  }),
  scenario("t192 addresses and passwords of other types", Array(16).fill("400 VALIDATION_ERROR"), async (side) => {
    for (const email of [5, null, [], {}]) {
      await signIn(side, PASSWORD, email);
      await signUp(side, email);
    }
    for (const password of [true, null, [], {}]) {
      await signIn(side, password);
      await signUp(side, side.email(), password);
    }
  }),
];

/** Better Auth breaks on what it cannot read; ours says in the log that it is unreadable. */
const UNREADABLE = ["abc", ":", "salt:", ":key", "$scrypt$ln=14$x$y"];
const READABLE = ["", `${"0".repeat(32)}:ABC`, `${"0".repeat(32)}:zz`];

/** What is stored for a password and is no hash of one: it opens nothing. */
export const threatsOfStoredHashes = [
  ...READABLE.map((hash) => storedHash(hash, WRONG)),
  ...UNREADABLE.map((hash) => storedHash(hash, "500")),
];

function storedHash(hash: string, expected: string) {
  return scenario(`t190 the stored hash ${JSON.stringify(hash)}`, ["200", expected], async (side) => {
    await side.signUp();
    side.rows.set("account", "password", hash);
    await signIn(side, PASSWORD);
  });
}
