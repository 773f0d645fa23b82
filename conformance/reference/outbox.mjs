// Better Auth's callbacks for mail, each writing one JSON file into OUTBOX as Countersign's outbox does.

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

let number = 0;

export function outbox(folder) {
  mkdirSync(folder, { recursive: true });
  return (kind) => async (mail) => {
    const name = `${Date.now()}-${String((number += 1)).padStart(6, "0")}-${kind}`;
    const { user, url = null, token = null, otp = null } = mail;
    writeFileSync(join(folder, `${name}.part`), JSON.stringify({ kind, to: user.email, url, token, otp }));
    renameSync(join(folder, `${name}.part`), join(folder, `${name}.json`));
  };
}
