import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

interface Mail {
  user: { email: string };
  url: string;
  token: string;
}

/**
 * Puts mails of one kind into a folder, one JSON file each, as `countersign serve` does with
 * `COUNTERSIGN_MAIL=outbox:FOLDER`. A file is whole as soon as it has its name.
 */
export function outbox(folder: string, kind: string) {
  return async ({ user, url, token }: Mail): Promise<void> => {
    await mkdir(folder, { recursive: true });
    const name = `${Date.now()}-${randomUUID()}`;
    const mail = { kind, to: user.email, subject: kind, url, token, text: url };
    await writeFile(join(folder, `.${name}`), JSON.stringify(mail), { mode: 0o600 });
    await rename(join(folder, `.${name}`), join(folder, `${name}.json`));
  };
}
