import { expect, test } from "vitest";
import { minimalClaims } from "../src/index.ts";
import { between, Site, Storage } from "./site.ts";

// What others do between the reading of rows and their end.

const INSERT = "INSERT INTO session (id, expiresAt, token, createdAt, updatedAt, userId) VALUES (?, ?, ?, ?, ?, ?)";

function addSession(site: Site, id: string, user: string): void {
  const [now, later] = [new Date().toISOString(), new Date(Date.now() + 3_600_000).toISOString()];
  site.database.prepare(INSERT).run(id, later, `token-of-${id}`, now, now, user);
}

test("sessions that others delete meanwhile keep none of the rest alive", async () => {
  let meanwhile: Parameters<typeof between>[0] = () => {};
  const site = await Site.open({
    jwt: { jwt: { definePayload: minimalClaims } },
    more: { plugins: [between((rows) => meanwhile(rows))] },
  });
  const ann = await site.person("ann");
  const { user } = await ann.session();
  for (let at = 1; at < 1200; at += 1) addSession(site, `session-${at}`, user.id);
  meanwhile = (rows) => {
    meanwhile = () => {};
    const remove = site.database.prepare("DELETE FROM session WHERE id = ?");
    for (const { id } of rows.slice(0, 100) as { id: string }[]) remove.run(id);
  };
  await ann.post("/revoke-sessions");
  expect(site.database.prepare("SELECT count(*) AS n FROM session").get()).toEqual({ n: 0 });
  expect((await site.page()).entries.filter(([kind]) => kind === "s").length).toBe(1200);
});

test("a session that begins meanwhile does not end unseen where rows are kept", async () => {
  let meanwhile = () => {};
  const site = await Site.open({
    more: {
      secondaryStorage: new Storage(),
      session: { storeSessionInDatabase: true, preserveSessionInDatabase: true },
      plugins: [between(() => meanwhile())],
    },
  });
  const ann = await site.person("ann");
  const token = await ann.token();
  const { user } = await ann.session();
  meanwhile = () => {
    meanwhile = () => {};
    addSession(site, "new", user.id);
  };
  await ann.post("/revoke-sessions");
  expect(await site.refuses(token)).toBe(true);
  const lives = site.database.prepare("SELECT id FROM session WHERE expiresAt > ?");
  expect(lives.all(new Date(Date.now() + 1_000).toISOString())).toEqual([{ id: "new" }]);
});
