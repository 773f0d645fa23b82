import type { Observed } from "./notebook.ts";
import type { Side } from "./side.ts";

/**
 * Something a client does. It is done on both servers, and everything seen has to be equal.
 *
 * `expected` says what the reference answers: one entry an exchange, its status and, for errors,
 * the code. A scenario whose reference behaves otherwise fails, so that none can pass by
 * comparing two wrong answers.
 */
export interface Scenario {
  id: string;
  expected: string[];
  run: (side: Side) => Promise<void>;
}

export function scenario(id: string, expected: string[], run: Scenario["run"]): Scenario {
  return { id, expected, run };
}

/** `200`, `401 UNAUTHORIZED`, `429 Too many requests. …`; notes are left out. */
export function summary(observed: Observed[]): string[] {
  return observed.filter(({ status }) => status !== 0).map(({ status, body }) => {
    if (status < 400 || !body.startsWith("{")) return String(status);
    const { code, message } = JSON.parse(body) as { code?: string; message?: string };
    return `${status} ${code ?? message ?? ""}`.trim();
  });
}
