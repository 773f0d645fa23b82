/** A server in front of a server that changes its answers on the way back. */
import { createServer, type Server as HttpServer } from "node:http";
import { exchange } from "./exchange.ts";

export interface Answer {
  status: number;
  statusText: string;
  headers: Record<string, string>;
  setCookie: string[];
  body: string;
}

/** What becomes of the answer to a request; the path is without its query. */
export type Corruption = (answer: Answer, path: string) => Partial<Answer>;

const HOP_BY_HOP = ["connection", "content-length", "date", "keep-alive", "transfer-encoding"];

export class CorruptingProxy {
  corruption: Corruption = () => ({});
  private readonly server: HttpServer;

  constructor(target: string) {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", async () => {
        const { method = "GET", url = "/" } = request;
        const body = chunks.length > 0 ? Buffer.concat(chunks).toString("utf8") : undefined;
        const headers = { ...request.headers } as Record<string, string>;
        delete headers["content-length"];
        const genuine = await exchange(target, { method, path: url, headers, body });
        const answer = { ...genuine, ...this.corruption(genuine, url.split("?")[0] ?? "") };
        for (const [name, value] of Object.entries(answer.headers)) {
          if (!HOP_BY_HOP.includes(name)) response.setHeader(name, value);
        }
        if (answer.setCookie.length > 0) response.setHeader("set-cookie", answer.setCookie);
        response.writeHead(answer.status, answer.statusText).end(answer.body);
      });
    });
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.server.listen(port, "127.0.0.1", resolve));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
