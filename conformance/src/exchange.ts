/** One request and what came back, exactly as it was on the wire. */
import { isUtf8 } from "node:buffer";
import { request } from "node:http";

export interface Sent {
  method: string;
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | undefined;
}

export interface Received {
  status: number;
  statusText: string;
  /** Names in lower case; a header that came twice has both values. Cookies are not among them. */
  headers: Record<string, string>;
  setCookie: string[];
  body: string;
}

/**
 * Sends over plain HTTP, not `fetch`: nothing is added that was not written, no `Sec-Fetch-Mode`,
 * no `Origin`, and paths go out as they are.
 */
export function exchange(base: string, { method, path, headers = {}, body }: Sent): Promise<Received> {
  const { hostname, port } = new URL(base);
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, method, path, headers: { ...length, ...headers }, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            statusText: answer.statusMessage ?? "",
            headers: headersOf(answer.rawHeaders),
            setCookie: answer.headers["set-cookie"] ?? [],
            body: textOf(Buffer.concat(chunks)),
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Bytes that are no UTF-8 are shown as such: a replacement character could be an answer too. */
function textOf(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString("utf8") : `<bytes ${bytes.toString("hex")}>`;
}

function headersOf(raw: string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < raw.length; index += 2) {
    const [name = "", value = ""] = [raw[index]?.toLowerCase(), raw[index + 1]];
    if (name === "set-cookie") continue;
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}
