/**
 * The cookie that remembers sessions, opened: Better Auth's own reader says whether it is good, and what it
 * says is compared, however it was written. Of chunks the length is compared, too.
 */
import { getCookieCache } from "better-auth/cookies";

const LINE = /^((?:__Secure-)?(.+)\.session_data)(?:\.(\d+))?=([^;]+)(.*)$/;

/** `Set-Cookie` lines without what is random in such cookies. */
export async function opened(lines: string[], secret: string): Promise<string[]> {
  const pieces = lines.map((line) => LINE.exec(line)).filter((match) => match !== null);
  const [first] = pieces;
  if (!first) return lines;
  const [, name = "", prefix = ""] = first;
  const value = pieces.map(([, , , , piece = ""]) => piece).join("");
  const content = await contentOf(name, prefix, value, secret);
  return lines.map((line) => {
    const match = LINE.exec(line);
    if (!match) return line;
    const [, , , number, piece = "", attributes = ""] = match;
    if (number === undefined) return `${name}=${content}${attributes}`;
    return `${name}.${number}=<${piece.length} bytes> ${number === "0" ? content : ""}${attributes}`;
  });
}

async function contentOf(name: string, prefix: string, value: string, secret: string): Promise<string> {
  const parts = value.split(".");
  const strategy = parts.length === 5 ? "jwe" : parts.length === 3 ? "jwt" : "compact";
  const headers = new Headers({ cookie: `${name}=${value}` });
  const isSecure = name.startsWith("__Secure-");
  const read = await getCookieCache(headers, { secret, strategy, cookiePrefix: prefix, isSecure });
  if (!read) return `<bad ${strategy}>`;
  const text = {
    compact: () => decoded(value),
    jwt: () => `${decoded(parts[0])}${decoded(parts[1])}`,
    jwe: () => `${decoded(parts[0]).replace(/"kid":"[\w-]{43}"/, `"kid":"<thumbprint>"`)}${JSON.stringify(read)}`,
  }[strategy]();
  return `<good ${strategy} ${steady(text)}>`;
}

function decoded(part = ""): string {
  return Buffer.from(part, "base64url").toString("utf8");
}

/** Times become lengths of time; signatures and random ids go. */
function steady(text: string): string {
  const written = Number(/"updatedAt":(\d{13})/.exec(text)?.[1]);
  const iat = Number(/"iat":(\d+)/.exec(text)?.[1]);
  return text
    .replace(/"updatedAt":\d{13}/, `"updatedAt":<now>`)
    .replace(/"expiresAt":(\d{13})/, (_, end) => `"expiresAt":<${seconds((Number(end) - written) / 1000)}>`)
    .replace(/"iat":\d+,"exp":(\d+)/, (_, end) => `"iat":<now>,"exp":<${seconds(Number(end) - iat)}>`)
    .replace(/"jti":"[0-9a-f-]{14}4[0-9a-f-]{21}"/, `"jti":<uuid>`)
    .replace(/"signature":"[\w-]{43}"/, `"signature":<good>`);
}

/** Better Auth looks at the clock more than once for one cookie. */
function seconds(life: number): string {
  return `${Math.round(life / 10) * 10} s`;
}
