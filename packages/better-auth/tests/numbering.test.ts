import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { getMigrations } from "better-auth/db/migration";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { optionsOn } from "./numbering/open.ts";

// Several processes of Better Auth on one database give numbers at once. `cargo xtask test` starts database servers.

const PROCESSES = 3;
const ROUNDS = Number(process.env["COUNTERSIGN_NUMBERING_ROUNDS"] ?? 25);

const folder = mkdtempSync(path.join(tmpdir(), "countersign-numbering-"));
// Where it finds its packages.
const program = path.join(import.meta.dirname, `../dist/numbering-${process.pid}.js`);

beforeAll(async () => {
  const entryPoints = [path.join(import.meta.dirname, "numbering/process.ts")];
  await build({ entryPoints, outfile: program, bundle: true, packages: "external", platform: "node", format: "esm" });
});

afterAll(() => [folder, program].forEach((file) => rmSync(file, { recursive: true, force: true })));

const DATABASES = {
  SQLite: `sqlite:${path.join(folder, "auth.db")}`,
  PostgreSQL: process.env["COUNTERSIGN_TEST_POSTGRESQL"],
  MariaDB: process.env["COUNTERSIGN_TEST_MARIADB"],
};

test.each(Object.entries(DATABASES).flatMap(([name, url]) => (url ? [{ name, url }] : [])))(
  "no process loses or overlooks an entry on $name",
  { timeout: 180_000 + ROUNDS * 1_000 },
  async ({ url }) => {
    await (await getMigrations(optionsOn(url))).runMigrations();
    const expected = PROCESSES * ROUNDS * 2;
    const env = { ...process.env, DATABASE_URL: url, ROUNDS: String(ROUNDS), EXPECTED: String(expected) };
    // One that fails ends the others, which would wait for its entries for ever.
    const end = new AbortController();
    const run = async () => {
      const options = { env, maxBuffer: 100_000_000, signal: end.signal };
      const { stdout } = await promisify(execFile)("node", [program], options).catch((error) => {
        end.abort();
        throw error;
      });
      return JSON.parse(stdout) as { hashes: string[]; ended: string[] };
    };
    onTestFinished(() => end.abort());
    const told = await Promise.all(Array.from({ length: PROCESSES }, run));
    const seen = told[0]?.hashes ?? [];
    expect(seen).toHaveLength(expected);
    for (const { hashes, ended } of told) {
      expect(hashes, "in one order for all").toEqual(seen);
      expect(ended.filter((hash) => !seen.includes(hash))).toEqual([]);
    }
  },
);
