import { afterEach, expect, test } from "vitest";
import { forward } from "../lib/forward";
import { listen } from "./server";

let close = () => {};
afterEach(() => close());

async function target(answer: Parameters<typeof listen>[0]) {
  const server = await listen(answer);
  close = server.close;
  return server;
}

test("headers of one connection stay there, in both directions", async () => {
  const server = await target((_, response) => {
    response.writeHead(200, { connection: "x-hop", "x-hop": "1", "x-kept": "2", "proxy-authenticate": "Basic" });
    response.end("ok");
  });
  const headers = { connection: "x-secret, close", "x-secret": "1", "proxy-authorization": "Basic eDp5", te: "trailers" };
  const request = new Request("http://app.test/api/x", { headers: { ...headers, "x-kept": "2" } });
  const answer = await forward(request, new URL("/api/x", server.url), "It");
  const got = server.received[0]?.headers ?? {};
  for (const name of ["x-secret", "proxy-authorization", "te"]) expect(got[name], name).toBeUndefined();
  expect(got["x-kept"]).toBe("2");
  for (const name of ["x-hop", "proxy-authenticate"]) expect(answer.headers.get(name), name).toBeNull();
  expect(answer.headers.get("x-kept")).toBe("2");
});

test("a body without a length is given up at the limit, not read to its end", async () => {
  const server = await target((_, response) => response.end());
  let parts = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      parts += 1;
      controller.enqueue(new Uint8Array(100_000));
    },
  });
  const request = new Request("http://app.test/api/x", { method: "POST", body: endless, duplex: "half" } as RequestInit);
  const answer = await forward(request, new URL("/api/x", server.url), "It");
  expect(answer.status).toBe(413);
  expect(parts).toBeLessThan(20);
  expect(server.received).toEqual([]);
});

test("a body goes on as it is, and so do cookies and redirects", async () => {
  const server = await target((_, response) => {
    response.writeHead(302, [["location", "/there"], ["set-cookie", "a=1"], ["set-cookie", "b=2"]].flat());
    response.end();
  });
  const request = new Request("http://app.test/api/x", { method: "POST", body: "{\"a\":\"ä\"}" });
  const answer = await forward(request, new URL("/api/x", server.url), "It");
  expect(server.received[0]?.body).toBe("{\"a\":\"ä\"}");
  expect([answer.status, answer.headers.get("location")]).toEqual([302, "/there"]);
  expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
});
