import { NextRequest } from "next/server";
import { expect, test } from "vitest";
import { proxy } from "../proxy";

test("t328 a thousand answers have a thousand nonces", () => {
  const nonces = Array.from({ length: 1_000 }, () => {
    const policy = proxy(new NextRequest("https://app.example.com/login")).headers.get("content-security-policy");
    return /'nonce-([A-Za-z0-9+/=]{20,})'/.exec(policy ?? "")?.[1];
  });
  expect(nonces).not.toContain(undefined);
  expect(new Set(nonces).size).toBe(1_000);
});
