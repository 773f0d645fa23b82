/** What is outside: the clock, other tabs, the network's coming back. Tests bring their own. */
export interface Surroundings {
  /** The wall clock in milliseconds, which goes on while a laptop sleeps. */
  now(): number;
  wait(milliseconds: number): Promise<unknown>;
  /** A signal that comes after so long. */
  deadline(milliseconds: number): AbortSignal;
  /** Web Locks; missing where the page is not secure. */
  locks?: Locks | undefined;
  /** A channel to the other tabs; missing outside a browser. */
  openChannel?: ((name: string) => Channel) | undefined;
  /** Where `online` and `pageshow` are heard. */
  window?: Pick<EventTarget, "addEventListener"> | undefined;
}

export interface Locks {
  request<T>(
    name: string,
    options: { ifAvailable?: boolean; signal?: AbortSignal },
    work: (lock: unknown) => Promise<T>,
  ): Promise<T>;
}

/** What is used of a `BroadcastChannel`. */
export interface Channel {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
}

/** Those of the page. On a server, which renders pages for many, there are no tabs. */
export function usualSurroundings(): Surroundings {
  const isPage = typeof window !== "undefined";
  return {
    now: () => Date.now(),
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
    locks: isPage ? (navigator.locks as Locks | undefined) : undefined,
    openChannel: isPage && typeof BroadcastChannel !== "undefined" ? (name) => new BroadcastChannel(name) : undefined,
    window: isPage ? window : undefined,
  };
}
