import type { AccessToken } from "./access-token.ts";
import { membersOf } from "./errors.ts";
import type { Channel, Surroundings } from "./surroundings.ts";

/** What tabs tell each other. */
export type Message =
  /** A new token, for all. */
  | { kind: "token"; token: AccessToken }
  /** The session was changed, or somebody signed in: tokens from before `at` are of yesterday. */
  | { kind: "changed"; at: number }
  /** Somebody signed out. */
  | { kind: "ended" };

export interface Tabs {
  /**
   * Does work while no other tab does; `waited` says that one just did. Where locks are missing, or one cannot be had
   * in time, the work is done all the same: twice is better than never.
   */
  alone<T>(work: (waited: boolean) => Promise<T>): Promise<T>;
  tell(message: Message): void;
}

/** Longer than a tab asks the auth server for a token. */
const PATIENCE_MS = 20_000;

export function openTabs(name: string, surroundings: Surroundings, hear: (message: Message) => void): Tabs {
  const { locks } = surroundings;
  let channel: Channel | undefined;
  try {
    channel = surroundings.openChannel?.(name);
  } catch {
    // A page that may not talk to others, such as one in a sandbox, is on its own.
  }
  channel?.addEventListener("message", ({ data }) => {
    const message = read(data);
    if (message) hear(message);
  });
  return {
    async alone(work) {
      if (!locks) return work(false);
      let isBegun = false;
      const begin = async (waited: boolean) => {
        isBegun = true;
        return { done: await work(waited) };
      };
      try {
        const first = await locks.request(name, { ifAvailable: true }, async (lock) => (lock ? begin(false) : undefined));
        const outcome =
          first ?? (await locks.request(name, { signal: surroundings.deadline(PATIENCE_MS) }, () => begin(true)));
        return outcome.done;
      } catch (cause) {
        if (isBegun) throw cause;
        return work(true);
      }
    },
    tell: (message) => channel?.postMessage(message),
  };
}

/** Scripts of another version may talk on the same channel. */
function read(data: unknown): Message | undefined {
  if (typeof data !== "object" || data === null || !("kind" in data)) return undefined;
  if (data.kind === "ended") return { kind: "ended" };
  if (data.kind === "changed") return { kind: "changed", at: "at" in data && typeof data.at === "number" ? data.at : Infinity };
  if (data.kind !== "token" || !("token" in data)) return undefined;
  const { value, subject, from, until } = membersOf(data.token);
  if (typeof value !== "string" || typeof from !== "number" || typeof until !== "number") return undefined;
  const token = { value, subject: typeof subject === "string" ? subject : undefined, from, until };
  return { kind: "token", token };
}
