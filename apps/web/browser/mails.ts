import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "./fixture";

interface Mail {
  to: string;
  url: string;
}

const FOLDER = process.env.MAIL_FOLDER ?? "../../.countersign/mail";

async function mailsTo(address: string): Promise<Mail[]> {
  const names = await readdir(FOLDER).catch(() => []);
  const files = names.filter((name) => name.endsWith(".json"));
  const texts = await Promise.all(files.map((name) => readFile(join(FOLDER, name), "utf8")));
  return texts.map((text) => JSON.parse(text) as Mail).filter(({ to }) => to === address);
}

/** The link in the only mail to this address about `matter`, a part of the link's path. */
export async function linkTo(address: string, matter: string): Promise<string> {
  const links = async () => {
    const mails = await mailsTo(address);
    return mails.map(({ url }) => url).filter((url) => new URL(url).pathname.includes(matter));
  };
  await expect.poll(async () => (await links()).length, `mails to ${address} about ${matter}`).toBe(1);
  return (await links())[0] ?? "";
}
