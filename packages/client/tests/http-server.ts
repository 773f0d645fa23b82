import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** The rest of the body never comes. */
  stalls?: true;
}

/** A server on a free port that remembers what it was asked. */
export async function listen(reply: (request: Received) => Reply | Promise<Reply>) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url: path = "", headers } = request;
    const asked = { method, path, headers, body: Buffer.concat(chunks).toString("utf8") };
    received.push(asked);
    const { status = 200, headers: more, body, stalls } = await reply(asked);
    const isText = typeof body === "string" || body === undefined;
    response.writeHead(status, { "content-type": isText ? "text/html" : "application/json", ...more });
    if (stalls) response.write(JSON.stringify(body).slice(0, -1));
    else response.end(isText ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, received, close };
}
