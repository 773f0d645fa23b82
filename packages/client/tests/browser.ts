import type { Channel, Locks, Surroundings } from "../src/index.ts";

/** One browser with its clock: tabs share locks and channels, as Chromium's do. */
export class Browser {
  now = Date.parse("2026-11-21T12:00:00Z");
  readonly #channels: BroadcastChannel[] = [];
  readonly #deadlines = new Map<AbortController, number>();
  readonly #locks = new LocksOfOneBrowser();
  readonly #name = crypto.randomUUID();

  /** A tab; `without` what this browser lacks. */
  tab(without: { locks?: true; channel?: true } = {}): { surroundings: Surroundings; window: EventTarget } {
    const window = new EventTarget();
    const surroundings: Surroundings = {
      now: () => this.now,
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      deadline: (milliseconds) => this.#deadline(milliseconds),
      locks: without.locks ? undefined : this.#locks,
      openChannel: without.channel ? undefined : (name) => this.#open(name),
      window,
    };
    return { surroundings, window };
  }

  pass({ seconds }: { seconds: number }): void {
    this.now += seconds * 1000;
    for (const [controller, at] of this.#deadlines) {
      if (at > this.now) continue;
      this.#deadlines.delete(controller);
      controller.abort(new DOMException("The time is over.", "TimeoutError"));
    }
  }

  #deadline(milliseconds: number): AbortSignal {
    const controller = new AbortController();
    this.#deadlines.set(controller, this.now + milliseconds);
    return controller.signal;
  }

  /** Who speaks on the channel as well: a script of another version. */
  stranger(name: string): Channel {
    return this.#open(name);
  }

  close(): void {
    for (const channel of this.#channels) channel.close();
  }

  #open(name: string): Channel {
    const channel = new BroadcastChannel(`${this.#name} ${name}`);
    this.#channels.push(channel);
    return {
      postMessage: (message) => channel.postMessage(message),
      addEventListener: (type, listener) => channel.addEventListener(type, (event) => listener(event as { data: unknown })),
    };
  }
}

/** Web Locks (W3C) as far as they are used: exclusive, in turn until a signal, or at once or never. */
class LocksOfOneBrowser implements Locks {
  readonly #last = new Map<string, Promise<unknown>>();

  async request<T>(
    name: string,
    { ifAvailable, signal }: { ifAvailable?: boolean; signal?: AbortSignal },
    work: (lock: unknown) => Promise<T>,
  ): Promise<T> {
    const before = this.#last.get(name);
    if (before && ifAvailable) return work(null);
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const over = Promise.resolve(before).then(() => released);
    this.#last.set(name, over);
    void over.then(() => {
      if (this.#last.get(name) === over) this.#last.delete(name);
    });
    try {
      await Promise.race([before, ...(signal ? [aborted(signal)] : [])]);
      return await work({ name });
    } finally {
      release();
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
}

/** Until messages between tabs have arrived. */
export async function delivered(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
