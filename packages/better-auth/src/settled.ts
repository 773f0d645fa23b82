/** How far ahead a clock may be when the process begins, in seconds. */
const MARGIN = 24 * 60 * 60;

/**
 * The time by which something is over for certain: what is forgotten is gone for every process, and a clock may be wrong
 * for a moment. It is never ahead of what the clock said before and the time that has passed since, by a clock that
 * nobody sets; and it is a day behind.
 */
export class Settled {
  #said: number | undefined;
  #at = 0;

  /** Whatever was over by then, in seconds, is over by any clock that is a day ahead or less. */
  overBefore(now: number, steady: number): number {
    if (this.#said === undefined) [this.#said, this.#at] = [now, steady];
    const settled = Math.min(now, this.#said + (steady - this.#at));
    if (settled === now) [this.#said, this.#at] = [now, steady];
    return Math.floor(settled - MARGIN);
  }
}
