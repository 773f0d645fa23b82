import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Auth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { expect, test } from "vitest";

// The example of the pages is a Better Auth that serves the feed.

test.each(["packages/better-auth/README.md", "docs/better-auth-plugin.md"])("the example of %s runs", async (page) => {
  const text = readFileSync(path.join(import.meta.dirname, "../../..", page), "utf8");
  const [, code = ""] = /```ts\n(.*?)```/s.exec(text) ?? [];
  expect(code).toContain('"auth.db"');
  const file = path.join(import.meta.dirname, `page-${path.basename(page, ".md")}-${process.pid}.ts`);
  const here = code.replace('"@countersign/better-auth"', '"../src/index.ts"').replace('"auth.db"', '":memory:"');
  writeFileSync(file, here);
  try {
    const { auth } = (await import(/* @vite-ignore */ file)) as { auth: Auth };
    await (await getMigrations(auth.options)).runMigrations();
    const answer = await auth.handler(new Request("https://app.example.com/api/auth/revocations"));
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/jwt"]);
  } finally {
    rmSync(file);
  }
});
