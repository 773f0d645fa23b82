import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("all of it is less than 5 kB on the wire", async () => {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, "../src/index.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  const size = gzipSync(outputFiles[0]?.contents ?? "").length;
  console.log(`@countersign/client: ${size} bytes, minified and packed with gzip`);
  expect(size).toBeGreaterThan(0);
  expect(size).toBeLessThan(5_000);
});
