import { APIError } from "better-auth/api";
import type { Question } from "./question.ts";

/** Questions of one address in a second, and how many of its questions wait at once. */
const PER_SECOND = 100;
const WAITING = 200;

/**
 * Whoever asks without a credential. Better Auth's own limit would stop every guard: it begins no new window while questions
 * keep coming, and guards never stop asking. Here a window is a second, whatever comes in it. Of questions that wait there
 * are so many, for each is an answer of its own once there is news. Guards with a credential are not counted.
 */
export class Strangers {
  readonly #asked = new Map<string, number>();
  readonly #waiting = new Map<string, number>();
  #second = 0;

  /** A question comes from this address. */
  ask(address: string): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) this.#asked.clear();
    this.#second = second;
    const asked = this.#asked.get(address) ?? 0;
    if (asked === PER_SECOND) throw tooMany();
    this.#asked.set(address, asked + 1);
  }

  /** A question from this address waits, where it does, until what is returned is called. */
  wait(address: string, { wait, asEvents }: Pick<Question, "wait" | "asEvents">): () => void {
    if (wait === 0 && !asEvents) return () => {};
    const waiting = this.#waiting.get(address) ?? 0;
    if (waiting === WAITING) throw tooMany();
    this.#waiting.set(address, waiting + 1);
    let waits = true;
    return () => {
      if (!waits) return;
      waits = false;
      const left = (this.#waiting.get(address) ?? 1) - 1;
      if (left === 0) this.#waiting.delete(address);
      else this.#waiting.set(address, left);
    };
  }
}

/** Guards ask again when `Retry-After` says. */
function tooMany(): APIError {
  return new APIError("TOO_MANY_REQUESTS", { message: "Too many requests. Please try again later." }, { "Retry-After": "1" });
}
