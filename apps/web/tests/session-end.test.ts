import type { End } from "@countersign/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const pages: string[] = [];
let events: EventTarget;

beforeEach(() => {
  pages.length = 0;
  events = new EventTarget();
  const location = {
    pathname: "/tasks",
    search: "?filter=active",
    replace: (page: string) => pages.push(page),
    reload: () => pages.push("reload"),
  };
  vi.stubGlobal("location", location);
  vi.stubGlobal("window", Object.assign(events, { location }));
  vi.resetModules();
});

afterEach(() => vi.unstubAllGlobals());

test.each<[End, string]>([
  ["expired", "/login?returnUrl=%2Ftasks%3Ffilter%3Dactive&error=session_expired"],
  ["signed-out", "/"],
  ["replaced", "/tasks"],
])("a session that %s leads to %s, once", async (why, page) => {
  const { leave, sessionIsOver } = await import("../lib/session-end");
  sessionIsOver(why);
  sessionIsOver("expired");
  leave("/elsewhere");
  expect(pages).toEqual([page]);
});

test("t339 a page that comes out of the browser's memory is loaded anew", async () => {
  await import("../lib/session-end");
  events.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
  expect(pages).toEqual([]);
  events.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  expect(pages).toEqual(["reload"]);
});
