import { afterEach, beforeEach, expect, test } from "vitest";
import { ApiError, createApiClient, Forbidden, RateLimited, SignedOut, Unauthorized, Unavailable } from "../src/index.ts";
import { keepTokens } from "../src/tokens.ts";
import { AuthServer } from "./auth-server.ts";
import { Browser } from "./browser.ts";
import { listen, type Received, type Reply } from "./http-server.ts";

let browser: Browser;
let auth: AuthServer;
let api: Awaited<ReturnType<typeof listen>>;
let answer: (request: Received) => Reply | Promise<Reply>;

beforeEach(async () => {
  browser = new Browser();
  auth = new AuthServer(browser);
  answer = () => ({ body: { items: [] } });
  api = await listen((request) => answer(request));
});

afterEach(() => {
  browser.close();
  api.close();
});

function client(options: Partial<Parameters<typeof createApiClient>[0]> = {}) {
  const tokens = keepTokens("test", auth.newToken, () => {}, browser.tab().surroundings);
  return { tokens, ...createApiClient({ baseURL: `${api.url}/v1/`, auth: { tokens }, ...options }) };
}

const bearer = ({ headers }: Received) => headers.authorization?.replace("Bearer ", "");

test("a call carries the token and JSON both ways", async () => {
  const tasks = client();
  answer = () => ({ status: 201, body: { id: "1" } });
  expect(await tasks.post("/tasks", { title: "Write" })).toEqual({ id: "1" });
  const [request] = api.received;
  expect(request).toMatchObject({ method: "POST", path: "/v1/tasks", body: '{"title":"Write"}' });
  expect(request?.headers).toMatchObject({ "content-type": "application/json", accept: "application/json" });
  expect(request && bearer(request)).toBe(tasks.tokens.atHand());
});

test("a deletion that answers nothing is a success", async () => {
  answer = () => ({ status: 204 });
  expect(await client().delete("/tasks/1")).toBeUndefined();
});

test("t340 twenty calls with a token that the API refuses lead to one question and twenty answers", async () => {
  const tasks = client();
  const refused = await tasks.tokens.get();
  answer = (request) => (bearer(request) === refused ? { status: 401, body: { detail: "Token has expired." } } : { body: 1 });
  const calls = Array.from({ length: 20 }, (_, number) => tasks.get(`/tasks/${number}`));
  expect(await Promise.all(calls)).toEqual(Array.from({ length: 20 }, () => 1));
  expect(auth.asked).toBe(2);
  expect(api.received).toHaveLength(40);
});

test("t340 an API that takes no token is asked twice, not for ever", async () => {
  answer = () => ({ status: 401, body: { detail: "Invalid token" } });
  await expect(client().get("/tasks")).rejects.toMatchObject({ name: "Unauthorized", message: "Invalid token" });
  expect(api.received).toHaveLength(2);
  expect(auth.asked).toBe(2);
});

test("without a session nothing is sent", async () => {
  auth.user = undefined;
  await expect(client().get("/tasks")).rejects.toBeInstanceOf(SignedOut);
  expect(api.received).toEqual([]);
});

test("an auth server that is away is said, and nothing is sent", async () => {
  auth.failure = new Unavailable(503);
  await expect(client().get("/tasks")).rejects.toBeInstanceOf(Unavailable);
  expect(api.received).toEqual([]);
});

test.each([
  [403, Forbidden],
  [404, ApiError],
  [429, RateLimited],
  [502, Unavailable],
  [503, Unavailable],
] as const)("a %i is an error of its own, with what the problem document says", async (status, kind) => {
  const problem = { status, detail: "Too much.", code: "much", errors: [{ field: "title", message: "Long." }, null] };
  answer = () => ({ status, body: problem, headers: { "content-type": "application/problem+json", "retry-after": "3" } });
  const error: unknown = await client().get("/tasks").catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(kind);
  expect(error).toMatchObject({ status, message: "Too much.", code: "much", fields: { title: "Long." }, problem });
  if (error instanceof RateLimited || error instanceof Unavailable) expect(error.retryAfter).toBe(3);
});

test.each([
  [{ detail: [{ loc: ["body"], msg: "Field required" }] }],
  [{ detail: { a: 1 }, errors: { title: "x" } }],
  ["a text"],
  [null],
])("of an error that is written as %j only texts are shown", async (body) => {
  answer = () => ({ status: 422, body });
  await expect(client().post("/tasks", {})).rejects.toMatchObject({ message: "That did not work.", fields: {} });
});

test("a page in the place of an answer is an outage", async () => {
  answer = () => ({ body: "<h1>Accept our terms</h1>" });
  const tasks = client();
  await expect(tasks.get("/tasks")).rejects.toMatchObject({ name: "Unavailable", status: 502 });
  await expect(tasks.post("/tasks", {})).rejects.toBeInstanceOf(Unavailable);
});

test("no network is an outage; who gave up is told so", async () => {
  const tasks = client();
  api.close();
  await expect(tasks.get("/tasks")).rejects.toMatchObject({ name: "Unavailable", status: 0 });
  const signal = AbortSignal.abort();
  await expect(tasks.get("/tasks", { signal })).rejects.toMatchObject({ name: "AbortError" });
});

test.each(["tasks", "@evil.example/", "https://evil.example/", "/../v2", "/%2e%2e/v2", ".evil.example/"])(
  "a token is not sent where the path %s leads",
  async (path) => {
    await expect(client().get(path)).rejects.toBeInstanceOf(TypeError);
    if (!path.startsWith("/")) await expect(client({ baseURL: api.url }).get(path)).rejects.toBeInstanceOf(TypeError);
    expect(api.received).toEqual([]);
    expect(auth.asked).toBe(0);
  },
);

test("where asked for, a change takes a token that was given now", async () => {
  const tasks = client({ freshBeforeChanges: true });
  await tasks.get("/tasks");
  await tasks.get("/tasks");
  expect(auth.asked).toBe(1);
  await tasks.post("/tasks", {});
  expect(auth.asked).toBe(2);
  auth.user = undefined;
  await expect(tasks.delete("/tasks/1")).rejects.toBeInstanceOf(SignedOut);
  expect(api.received.map(({ method }) => method)).toEqual(["GET", "GET", "POST"]);
});

test("a page that is closing sends with the token at hand, and waits for nothing", async () => {
  const tasks = client({ freshBeforeChanges: true });
  await expect(tasks.delete("/tasks/1", { keepalive: true })).rejects.toBeInstanceOf(Unauthorized);
  await tasks.get("/tasks");
  answer = () => ({ status: 204 });
  await tasks.delete("/tasks/1", { keepalive: true });
  expect(auth.asked).toBe(1);
});

test("a body that is gone after the first time is not sent again", async () => {
  answer = () => ({ status: 401, body: { detail: "Token has expired." } });
  const body = new Blob(["a", "b"]).stream();
  const upload = { method: "PUT", body, duplex: "half" };
  await expect(client().fetch("/file", upload)).rejects.toMatchObject({ name: "Unauthorized" });
  expect(api.received.map(({ body }) => body)).toEqual(["ab"]);
});

test("the API gets no cookies, unless the caller says so", async () => {
  const sent: unknown[] = [];
  const tasks = client({
    fetch: (input, init) => {
      sent.push(init?.credentials);
      return fetch(input, init);
    },
  });
  await tasks.get("/tasks");
  await tasks.get("/tasks", { credentials: "same-origin" });
  expect(sent).toEqual(["omit", "same-origin"]);
});

test("an answer that is no JSON is read as it came", async () => {
  answer = () => ({ body: "a,b\n1,2\n", headers: { "content-type": "text/csv" } });
  const response = await client().fetch("/tasks.csv");
  expect(await response.text()).toBe("a,b\n1,2\n");
});
