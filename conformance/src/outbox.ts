/** The mails that a server would send, as files. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a mail carries; its words are each server's own. */
export interface Mail {
  kind: string;
  to: string;
  url: string | null;
  token: string | null;
  otp: string | null;
}

const PATIENCE_MS = 5_000;

export class Outbox {
  constructor(
    private readonly folder: string,
    /** How addresses of this scenario's users end. */
    private readonly domain: string,
  ) {}

  /** The mails to this scenario's users, in the order of sending, once there are so many. */
  async mails(count: number): Promise<Mail[]> {
    const giveUp = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = this.read();
      if (found.length >= count || Date.now() > giveUp) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private read(): Mail[] {
    const names = readdirSync(this.folder).filter((name) => name.endsWith(".json"));
    return names
      .sort()
      .map((name) => JSON.parse(readFileSync(join(this.folder, name), "utf8")) as Mail)
      .filter(({ to }) => to.endsWith(this.domain))
      .map(({ kind, to, url, token, otp }) => ({ kind, to, url, token, otp }));
  }
}
