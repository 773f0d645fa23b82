import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type End, RateLimited, SignedOut, Unavailable } from "../src/index.ts";
import { keepTokens, type TokenKeeper } from "../src/tokens.ts";
import { AuthServer, token } from "./auth-server.ts";
import { Browser, delivered } from "./browser.ts";

let browser: Browser;
let server: AuthServer;
let ends: End[];

beforeEach(() => {
  browser = new Browser();
  server = new AuthServer(browser);
  ends = [];
});

afterEach(() => browser.close());

function open(without?: Parameters<Browser["tab"]>[0]): TokenKeeper & { window: EventTarget } {
  const { surroundings, window } = browser.tab(without);
  const keeper = keepTokens("test", server.newToken, (why) => ends.push(why), surroundings);
  return { ...keeper, window };
}

test("a token is asked for once, and given until it is due", async () => {
  const tab = open();
  const first = await tab.get();
  browser.pass({ seconds: 719 });
  expect(await tab.get()).toBe(first);
  expect(tab.atHand()).toBe(first);
  expect(server.asked).toBe(1);
});

test("after four fifths of its life a new one is asked for, and nobody waits for it", async () => {
  const tab = open();
  const first = await tab.get();
  browser.pass({ seconds: 720 });
  const answer = server.hold();
  expect(await tab.get()).toBe(first);
  expect(await tab.get()).toBe(first);
  answer();
  await delivered();
  expect(await tab.get()).not.toBe(first);
  expect(server.asked).toBe(2);
});

test("while the auth server is away, a token is used to its end", async () => {
  const tab = open();
  const first = await tab.get();
  server.failure = new Unavailable(503);
  browser.pass({ seconds: 800 });
  expect(await tab.get()).toBe(first);
  await delivered();
  browser.pass({ seconds: 100 });
  await expect(tab.get()).rejects.toBeInstanceOf(Unavailable);
  server.failure = undefined;
  expect(await tab.get()).not.toBe(first);
  expect(ends).toEqual([]);
});

test("a laptop that slept wakes with a token that is over, and the first use brings another", async () => {
  const tab = open();
  const first = await tab.get();
  browser.pass({ seconds: 8 * 3600 });
  expect(await tab.get()).not.toBe(first);
  expect(server.asked).toBe(2);
});

test("a clock that was set back says nothing about a token's age", async () => {
  const tab = open();
  const first = await tab.get();
  browser.pass({ seconds: -3600 });
  expect(await tab.get()).not.toBe(first);
});

test("when the network comes back, a token that is due is renewed before it is needed", async () => {
  const tab = open();
  await tab.get();
  tab.window.dispatchEvent(new Event("online"));
  await delivered();
  expect(server.asked).toBe(1);
  browser.pass({ seconds: 8 * 3600 });
  tab.window.dispatchEvent(new Event("online"));
  await delivered();
  expect(server.asked).toBe(2);
});

test("a token that would end on its way is not given", async () => {
  const tab = open();
  const first = await tab.get();
  browser.pass({ seconds: 896 });
  expect(await tab.get()).not.toBe(first);
});

test.each([{}, { locks: true }] as const)("t340 twenty calls with a token that is over ask once, without %o", async (without) => {
  const tab = open(without);
  await tab.get();
  browser.pass({ seconds: 901 });
  const tokens = await Promise.all(Array.from({ length: 20 }, () => tab.get()));
  expect(new Set(tokens).size).toBe(1);
  expect(server.asked).toBe(2);
});

test("t340 twenty refusals of one token ask once, also those that come late", async () => {
  const tab = open();
  const refused = await tab.get();
  const early = await Promise.all(Array.from({ length: 19 }, () => tab.get({ refused })));
  const late = await tab.get({ refused });
  expect(new Set([...early, late]).size).toBe(1);
  expect(server.asked).toBe(2);
});

test("t340 a session that is over is said once, and the auth server is not asked again", async () => {
  const tab = open();
  await tab.get();
  server.user = undefined;
  browser.pass({ seconds: 901 });
  const calls = await Promise.allSettled(Array.from({ length: 20 }, () => tab.get()));
  for (const call of calls) expect(call).toMatchObject({ status: "rejected", reason: { name: "SignedOut" } });
  await expect(tab.get({ fresh: true })).rejects.toBeInstanceOf(SignedOut);
  expect(ends).toEqual(["expired"]);
  expect(server.asked).toBe(2);
});

test("five tabs with a token that is over ask once", async () => {
  const tabs = Array.from({ length: 5 }, () => open());
  await tabs[0]?.get();
  await delivered();
  browser.pass({ seconds: 901 });
  const tokens = await Promise.all(tabs.map((tab) => tab.get()));
  expect(new Set(tokens).size).toBe(1);
  expect(server.asked).toBe(2);
});

test("what one tab got, the others have", async () => {
  const [first, second] = [open(), open()];
  const value = await first.get();
  await delivered();
  expect(second.atHand()).toBe(value);
  expect(await second.get()).toBe(value);
  expect(server.asked).toBe(1);
});

test("a failure is of the tab that asked: the next in line asks itself", async () => {
  const tabs = [open(), open()];
  const answer = server.hold();
  server.failure = new Unavailable(503);
  const [first, second] = tabs.map((tab) => tab.get());
  const failed = expect(first).rejects.toBeInstanceOf(Unavailable);
  answer();
  await failed;
  server.failure = undefined;
  expect(await second).toBeDefined();
});

test.each([{ locks: true }, { channel: true }, { locks: true, channel: true }] as const)(
  "a browser without %o keeps a token in each tab",
  async (without) => {
    const tabs = [open(without), open(without)];
    for (const tab of tabs) expect(await tab.get()).toBe(await tab.get());
    browser.pass({ seconds: 901 });
    for (const tab of tabs) expect(await tab.get()).toBeDefined();
    expect(server.asked).toBeLessThanOrEqual(4);
  },
);

test("a lock that cannot be had keeps nobody from asking", async () => {
  const { surroundings } = browser.tab();
  const locks = { request: () => Promise.reject(new DOMException("The page is going away.", "InvalidStateError")) };
  const tab = keepTokens("test", server.newToken, () => {}, { ...surroundings, locks });
  expect(await tab.get()).toBeDefined();
});

test("t341 who signs out in one tab is signed out in all, and nothing is left in their memory", async () => {
  const [first, second] = [open(), open()];
  await first.get();
  await delivered();
  first.ended();
  await delivered();
  expect([first.atHand(), second.atHand()]).toEqual([undefined, undefined]);
  await expect(second.get()).rejects.toBeInstanceOf(SignedOut);
  expect(ends).toEqual(["signed-out"]);
  expect(server.asked).toBe(1);
});

test("t341 what other tabs say after the end brings nobody back, and is said once", async () => {
  const [first, second] = [open(), open()];
  await first.get();
  const stranger = browser.stranger("test");
  first.ended();
  stranger.postMessage({ kind: "ended" });
  const late = { value: token("ann", 0, 900), subject: "ann", from: browser.now, until: browser.now + 900_000 };
  stranger.postMessage({ kind: "token", token: late });
  await delivered();
  expect([first.atHand(), second.atHand()]).toEqual([undefined, undefined]);
  expect(ends).toEqual(["signed-out"]);
});

test("t341 a token that arrives after sign-out is nobody's, here and in the other tabs", async () => {
  const [first, second] = [open(), open()];
  const answer = server.hold();
  const late = first.get();
  await delivered();
  first.ended();
  answer();
  await expect(late).rejects.toBeInstanceOf(SignedOut);
  await delivered();
  expect([first.atHand(), second.atHand()]).toEqual([undefined, undefined]);
});

test("after a sign-in in the same page there is a token again", async () => {
  const tab = open();
  await tab.get();
  tab.ended();
  server.user = "bob";
  tab.signedIn();
  expect(await tab.get()).toBeDefined();
  expect(ends).toEqual([]);
});

test("a change of the session while a token is on its way is followed by another question", async () => {
  const [first, second] = [open(), open()];
  const answer = server.hold();
  const token = first.get();
  await delivered();
  second.changed();
  await delivered();
  answer();
  expect(await token).toBeDefined();
  expect(server.asked).toBe(2);
});

test("a page of one person gets no token of another", async () => {
  const [ann, other] = [open(), open()];
  await ann.get();
  await delivered();
  server.user = "bob";
  other.signedIn();
  expect(await other.get()).toBeDefined();
  await delivered();
  await expect(ann.get()).rejects.toBeInstanceOf(SignedOut);
  expect(ends).toEqual(["replaced"]);
});

test("a page of one person stays theirs, whatever is changed in it, until somebody signs in there", async () => {
  const page = open();
  await page.get();
  server.user = "bob";
  page.changed();
  await expect(page.get()).rejects.toBeInstanceOf(SignedOut);
  expect(ends).toEqual(["replaced"]);
  page.signedIn();
  expect(await page.get()).toBeDefined();
});

test("t341 a token that was asked for before somebody else signed in is not taken over", async () => {
  const [first, second] = [open(), open()];
  const answer = server.hold();
  const late = first.get();
  await delivered();
  browser.pass({ seconds: 1 });
  server.user = "bob";
  second.signedIn();
  // Ann's token is there, and told, before the first tab hears of Bob.
  answer();
  const anns = await late;
  await delivered();
  expect([first.atHand(), second.atHand()]).toEqual([undefined, undefined]);
  expect(await second.get()).not.toBe(anns);
  await delivered();
  expect(ends).toEqual(["replaced"]);
});

test("after a sign-in the tabs share the new token, also one that was told before they heard of it", async () => {
  const [first, second] = [open(), open()];
  await first.get();
  await delivered();
  browser.pass({ seconds: 1 });
  second.changed();
  browser.pass({ seconds: 1 });
  const next = await second.get();
  browser.pass({ seconds: 1 });
  await delivered();
  expect(first.atHand()).toBe(next);
});

test("fresh means asked for now, though a token is at hand", async () => {
  const tab = open();
  const first = await tab.get();
  const [second, third] = await Promise.all([tab.get({ fresh: true }), tab.get({ fresh: true })]);
  expect(second).not.toBe(first);
  expect(third).toBe(second);
  expect(server.asked).toBe(2);
});

test.each([{}, { locks: true }] as const)("fresh is not what was asked for before the wish, without %o", async (without) => {
  const tab = open(without);
  const refused = await tab.get();
  const answer = server.hold();
  const early = tab.get({ refused });
  await delivered();
  browser.pass({ seconds: 1 });
  const wishes = [tab.get({ fresh: true }), tab.get({ fresh: true })];
  answer();
  const [first, second] = await Promise.all(wishes);
  expect(first).not.toBe(await early);
  expect(second).toBe(first);
  expect(server.asked).toBe(3);
});

test("fresh is not what another tab asked for before the wish", async () => {
  const [first, second, third] = [open(), open(), open()];
  const answer = server.hold();
  const early = first.get();
  await delivered();
  browser.pass({ seconds: 1 });
  const wishes = [second.get({ fresh: true }), third.get({ fresh: true })];
  await delivered();
  answer();
  const [one, two] = await Promise.all(wishes);
  expect(one).not.toBe(await early);
  expect(two).toBe(one);
  expect(server.asked).toBe(2);
});

test("whoever waits for an earlier question hears of the end by it", async () => {
  const tab = open();
  const refused = await tab.get();
  server.user = undefined;
  const answer = server.hold();
  const early = expect(tab.get({ refused })).rejects.toBeInstanceOf(SignedOut);
  await delivered();
  browser.pass({ seconds: 1 });
  const wish = expect(tab.get({ fresh: true })).rejects.toBeInstanceOf(SignedOut);
  answer();
  await Promise.all([early, wish]);
  expect(ends).toEqual(["expired"]);
  expect(server.asked).toBe(2);
});

test("a tab that waits too long for another one asks itself", async () => {
  const [first, second] = [open(), open()];
  const answer = server.hold();
  const slow = first.get();
  await delivered();
  const patient = second.get();
  await delivered();
  browser.pass({ seconds: 19 });
  await delivered();
  expect(server.asked).toBe(1);
  browser.pass({ seconds: 1 });
  // It gives a message some time, too.
  await vi.waitFor(() => expect(server.asked).toBe(2));
  answer();
  expect(await Promise.all([slow, patient])).toHaveLength(2);
});

test("a server that says when is not asked before, except when the network is another", async () => {
  const tab = open();
  server.failure = new RateLimited("Too many requests.", {}, 10);
  await expect(tab.get()).rejects.toMatchObject({ retryAfter: 10 });
  server.failure = undefined;
  browser.pass({ seconds: 9 });
  await expect(tab.get()).rejects.toBeInstanceOf(RateLimited);
  expect(server.asked).toBe(1);
  tab.window.dispatchEvent(new Event("online"));
  await tab.get();
  expect(server.asked).toBe(2);
});

test("a page that was put away asks again when it comes back", async () => {
  const tab = open();
  await tab.get();
  tab.window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  expect(tab.atHand()).toBeUndefined();
});

test("what strangers say on the channel is not believed", async () => {
  const tab = open();
  const stranger = browser.stranger("test");
  for (const message of [null, "ended", { kind: "end" }, { kind: "token" }, { kind: "token", token: { value: 1 } }]) {
    stranger.postMessage(message);
  }
  await delivered();
  expect(tab.atHand()).toBeUndefined();
  stranger.postMessage({ kind: "token", token: { value: token("ann", 0, 900), from: 0, until: 900 } });
  await delivered();
  expect(await tab.get()).not.toBe(token("ann", 0, 900));
  expect(ends).toEqual([]);
});
