import { Notebook, type Observed } from "./notebook.ts";
import { Rows } from "./rows.ts";
import type { Scenario } from "./scenario.ts";
import type { Server } from "./servers.ts";
import { Side } from "./side.ts";

/** Does a scenario on one server; everything that was seen, and at last the rows it left. */
export async function observe(server: Server, scenario: Scenario, unique: string): Promise<Observed[]> {
  const notebook = new Notebook(server, Date.now());
  const rows = new Rows(server.database, `.${unique}@example.com`);
  try {
    await scenario.run(new Side(server, notebook, rows, unique));
    for (const [table, found] of rows.all()) notebook.note(`rows of ${table}`, found);
  } finally {
    rows.close();
  }
  return notebook.observed;
}
