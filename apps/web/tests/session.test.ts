import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listen, promised, type Received, token } from "./server";

// The app's own origin, as one real server: what it answers is set by each test.
let answers: Record<string, (request: Received, response: ServerResponse) => void>;
let server: Awaited<ReturnType<typeof listen>>;
const pages: string[] = [];

beforeEach(async () => {
  pages.length = 0;
  server = await listen((request, response) => {
    const answer = answers[request.path.split("?")[0] ?? ""];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  // What a browser adds: paths are of this origin, and pages can be gone to.
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", (input: string | URL | Request, init?: RequestInit) =>
    fetch(typeof input === "string" ? new URL(input, server.url) : input, init),
  );
  const location = { pathname: "/tasks", search: "", origin: server.url, assign: (page: string) => pages.push(page) };
  vi.stubGlobal("location", location);
  vi.stubGlobal("window", { location });
  vi.resetModules();
});

afterEach(() => {
  vi.unstubAllGlobals();
  server.close();
});

const json = (body: unknown, status = 200) => (_: Received, response: ServerResponse) => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};
const page = (_: Received, response: ServerResponse) => {
  response.writeHead(200, { "content-type": "text/html" }).end("<h1>Accept our terms</h1>");
};
const TOKEN = "/api/auth/token";
const TASKS = "/api/ann/tasks";

async function modules() {
  const { accessToken, forgetToken, tokenAtHand } = await import("../lib/access-token");
  const { ApiError, SignedOut, tasksOf } = await import("../lib/api");
  return { accessToken, forgetToken, tokenAtHand, ApiError, SignedOut, tasks: tasksOf("ann") };
}

test("a token that arrives after sign-out is nobody's", async () => {
  const [asked, answered] = [promised(), promised()];
  answers = {
    [TOKEN]: async (request, response) => {
      asked.keep();
      await answered.kept;
      json({ token: token("ann") })(request, response);
    },
  };
  const { accessToken, forgetToken, tokenAtHand } = await modules();
  const late = accessToken();
  await asked.kept;
  forgetToken();
  answered.keep();
  expect(await late).toBeUndefined();
  expect(tokenAtHand()).toBeUndefined();
});

test("calls that come together share one request, also when it fails", async () => {
  answers = { [TOKEN]: json({ token: token("ann") }) };
  const { accessToken } = await modules();
  await Promise.all([accessToken(), accessToken({ fresh: true }), accessToken()]);
  expect(server.received).toHaveLength(1);
  answers = { [TOKEN]: json({}, 500) };
  const failed = await Promise.allSettled([accessToken({ fresh: true }), accessToken({ fresh: true })]);
  expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  answers = { [TOKEN]: json({ token: token("ann") }) };
  expect(await accessToken({ fresh: true })).toBeDefined();
});

test("a call that is refused after sign-out leads nowhere", async () => {
  const [asked, answered] = [promised(), promised()];
  answers = {
    [TOKEN]: json({ token: token("ann") }),
    [TASKS]: async (request, response) => {
      asked.keep();
      await answered.kept;
      json({ detail: "Token has expired" }, 401)(request, response);
    },
  };
  const { forgetToken, SignedOut, tasks } = await modules();
  const late = tasks.list("all").catch((error: unknown) => error);
  await asked.kept;
  forgetToken();
  answered.keep();
  expect(await late).toBeInstanceOf(SignedOut);
  expect(pages).toEqual([]);
});

test("calls of a session that is over lead to the login page once", async () => {
  answers = { [TOKEN]: json({ message: "Unauthorized" }, 401) };
  const { SignedOut, tasks } = await modules();
  const calls = [tasks.list("all"), tasks.list("active")].map((call) => call.catch((error: unknown) => error));
  for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(SignedOut);
  expect(pages).toEqual(["/login?returnUrl=%2Ftasks&error=session_expired"]);
});

test("a page in the place of an answer is an outage, not a task", async () => {
  answers = { [TOKEN]: json({ token: token("ann") }), [TASKS]: page };
  const { ApiError, tasks } = await modules();
  await expect(tasks.add("One", null)).rejects.toBeInstanceOf(ApiError);
  await expect(tasks.list("all")).rejects.toMatchObject({ status: 502 });
});

test("a page in the place of a token is an outage, and nobody is signed out", async () => {
  answers = { [TOKEN]: page };
  const { ApiError, tasks } = await modules();
  await expect(tasks.list("all")).rejects.toBeInstanceOf(ApiError);
  expect(pages).toEqual([]);
});

test.each([
  [{ detail: [{ loc: ["body"], msg: "Field required" }] }, "That did not work."],
  [{ detail: { a: 1 }, errors: { title: "x" } }, "That did not work."],
  ["a text", "That did not work."],
  [null, "That did not work."],
  [{ detail: "Too long.", errors: [null, { field: "title", message: "x" }] }, "Too long."],
])("of an error that is written as %j only texts are shown", async (body, message) => {
  answers = { [TOKEN]: json({ token: token("ann") }), [TASKS]: json(body, 422) };
  const { ApiError, tasks } = await modules();
  const error: unknown = await tasks.add("One", null).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ApiError);
  expect((error as Error).message).toBe(message);
});
