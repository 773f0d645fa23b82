/** What a server wrote down, and a way to make time pass for it. */
import { openDatabase, type Row } from "./database.ts";

const TABLES = ["user", "account", "session", "verification"] as const;
export type Table = (typeof TABLES)[number];

export class Rows {
  private readonly database;

  constructor(
    url: string,
    /** How addresses of this scenario's users end. */
    private readonly domain: string,
  ) {
    this.database = openDatabase(url);
  }

  /** The rows of this scenario's users: by their address, then in the order of writing. */
  of(table: Table): Row[] {
    if (!this.database.hasTable(table)) return [];
    const statement = `SELECT "${table}".* FROM "${table}"
      JOIN "user" AS owner ON owner."id" = "${table}"."${ownerOf(table)}"
      WHERE owner."email" LIKE :domain ORDER BY owner."email", "${table}".rowid`;
    const rows = this.database.prepare(statement).all({ domain: `%${this.domain}` });
    return rows.map((row) => sorted(row as Row));
  }

  all(): [Table, Row[]][] {
    return TABLES.map((table) => [table, this.of(table)]);
  }

  /** What is remembered under this identifier, or nothing. */
  remembered(identifier: string): Row | undefined {
    const row = this.database.prepare(`SELECT * FROM "verification" WHERE "identifier" = ?`).get(identifier);
    return row ? sorted(row as Row) : undefined;
  }

  /** Sets a column of all rows of this scenario's users. */
  set(table: Exclude<Table, "user">, column: string, value: string | null): void {
    this.database
      .prepare(`UPDATE "${table}" SET "${column}" = :value WHERE "${ownerOf(table)}" IN (${this.users})`)
      .run({ value, domain: `%${this.domain}` });
  }

  /** Sets a column of one user. */
  setUser(email: string, column: string, value: string | null): void {
    this.database.prepare(`UPDATE "user" SET "${column}" = :value WHERE "email" = :email`).run({ value, email });
  }

  remove(table: Table): void {
    this.database
      .prepare(`DELETE FROM "${table}" WHERE "${ownerOf(table)}" IN (${this.users})`)
      .run({ domain: `%${this.domain}` });
  }

  /** Copies the first session so often; copies have tokens and ids of their own. */
  multiplySession(times: number): void {
    const [row] = this.of("session");
    const names = Object.keys(row ?? {});
    const insert = this.database.prepare(
      `INSERT INTO "session" (${names.map((name) => `"${name}"`)}) VALUES (${names.map((name) => `:${name}`)})`,
    );
    for (let number = 0; number < times; number += 1) {
      const mark = String(number).padStart(8, "0");
      const own = (value: unknown) => String(value).slice(0, 24) + mark;
      insert.run({ ...row, id: own(row?.id), token: own(row?.token) });
    }
  }

  /** Links another account to each user of this scenario, as signing in with a provider does; the last row's id. */
  link(providerId: string, more: Row = {}): string {
    let id = "";
    for (const user of this.of("user")) {
      id = `${providerId}${String(user.id)}`.slice(0, 32);
      const row: Row = { createdAt: user.createdAt, updatedAt: user.createdAt, accessToken: "secret-token", ...more };
      Object.assign(row, { id, accountId: `at ${providerId}`, providerId, userId: user.id });
      const names = Object.keys(row);
      this.database
        .prepare(
          `INSERT INTO "account" (${names.map((name) => `"${name}"`)}) VALUES (${names.map((name) => `:${name}`)})`,
        )
        .run(row);
    }
    return id;
  }

  close(): void {
    this.database.close();
  }

  private readonly users = `SELECT "id" FROM "user" WHERE "email" LIKE :domain`;
}

const OWNERS = { user: "id", account: "userId", session: "userId", verification: "value" };

function ownerOf(table: Table): string {
  return OWNERS[table];
}

/** Columns are a set: their order is the table's, not an answer. */
function sorted(row: Row): Row {
  return Object.fromEntries(Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1)));
}
