import { type AccessToken, isDue, lasts } from "./access-token.ts";
import { ApiError, RateLimited, SignedOut, Unavailable } from "./errors.ts";
import type { Surroundings } from "./surroundings.ts";
import { type Message, openTabs } from "./tabs.ts";

/** Why the session of this page is over. */
export type End =
  /** The auth server knows no session any more. */
  | "expired"
  /** Somebody signed out in another tab. */
  | "signed-out"
  /** Somebody else signed in, in another tab. */
  | "replaced";

export interface Wish {
  /** A token that the API did not take: another one is wanted. */
  refused?: string | undefined;
  /** One that is asked for after this wish: the auth server gives it only while the session lives. */
  fresh?: boolean | undefined;
}

/** The access token of this page: in memory, where no script finds it after the page is closed. */
export interface AccessTokens {
  /**
   * A token that lasts. Throws `SignedOut` when the session is over, and `RateLimited` or `Unavailable` when the auth
   * server cannot say.
   */
  get(wish?: Wish): Promise<string>;
  /** The one at hand, without asking anybody: for a page that is about to close. */
  atHand(): string | undefined;
}

export interface TokenKeeper extends AccessTokens {
  /** The session was changed here: what is at hand is of yesterday. */
  changed(): void;
  /** Somebody signed in here, maybe somebody else: the page is theirs. */
  signedIn(): void;
  /** Somebody signed out here. */
  ended(): void;
}

/** For a token. */
interface Question {
  /** When the auth server was asked; not yet while another tab asks it. */
  from: number | undefined;
  /** Whoever waits for it wants what was asked for then or later. */
  since: number;
}

/** How long a message may take from the tab that had a token first. */
const MESSAGE_MS = 250;

/** Nobody is kept from asking for longer than this. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Keeps the token. Nothing happens by timers: a token is looked at when it is used, so a laptop that slept and a clock
 * that was set change nothing, and a page that is left open keeps no session alive.
 *
 * | At use | |
 * |---|---|
 * | before 80 % of its life | it is given |
 * | after | it is given, and a new one asked for meanwhile |
 * | when it is over, or was refused | a new one is waited for |
 *
 * One question at a time in a browser. Whoever waited for another tab's takes what that tab got.
 */
export function keepTokens(
  name: string,
  newToken: () => Promise<AccessToken | undefined>,
  onEnd: (why: End) => void,
  surroundings: Surroundings,
): TokenKeeper {
  let held: AccessToken | undefined;
  let underWay: { question: Question; answer: Promise<AccessToken> } | undefined;
  /** Who this page is for. */
  let subject: string | undefined;
  let isOver = false;
  /** Counts changes of the session: an answer to a question from before is nobody's. */
  let session = 0;
  /** When it was changed last. */
  let changedAt = -Infinity;
  let pause: { error: ApiError; until: number } | undefined;
  let onArrival = () => {};

  const tabs = openTabs(name, surroundings, hear);
  surroundings.window?.addEventListener("online", () => {
    pause = undefined;
    if (held && isDue(held, surroundings.now())) void renewed().catch(() => {});
  });
  // A page that was put away and comes back has heard nothing meanwhile.
  surroundings.window?.addEventListener("pageshow", (event) => {
    if ("persisted" in event && event.persisted) forget();
  });

  function hear(message: Message): void {
    if (message.kind === "ended") end("signed-out");
    else if (message.kind === "changed") renew(message.at);
    else if (!isOver && !isOfBefore(message.token)) take(message.token);
    onArrival();
  }

  /** The session is another one since then. */
  function renew(at: number): void {
    forget();
    isOver = false;
    changedAt = Math.min(at, surroundings.now());
  }

  /** Another tab asked for it before it heard of the change. A clock that was set back says nothing about that. */
  function isOfBefore({ from }: AccessToken): boolean {
    return from < changedAt && changedAt <= surroundings.now();
  }

  function forget(): void {
    session += 1;
    held = underWay = pause = undefined;
  }

  function end(why?: End): void {
    forget();
    const isNews = !isOver;
    isOver = true;
    if (isNews && why) onEnd(why);
  }

  /** One page is for one person: what was typed for Ann is not sent as Bob. */
  function take(token: AccessToken): void {
    if (subject !== undefined && token.subject !== undefined && token.subject !== subject) return end("replaced");
    subject = token.subject ?? subject;
    held = token;
  }

  /** A token other than the one at hand, asked for at this moment or later. */
  function renewed(since = -Infinity): Promise<AccessToken> {
    if (underWay) {
      const { question, answer } = underWay;
      if (question.from !== undefined && question.from < since) return renewedAfter(answer, since);
      question.since = Math.max(question.since, since);
      return answer;
    }
    const question: Question = { from: undefined, since };
    const asking = { question, answer: ask(question) };
    underWay = asking;
    const done = () => {
      if (underWay === asking) underWay = undefined;
    };
    asking.answer.then(done, done);
    return asking.answer;
  }

  /** What is under way began too early: its answer may be one from before the session's end. */
  async function renewedAfter(early: Promise<unknown>, since: number): Promise<AccessToken> {
    await early.catch(() => {});
    if (isOver) throw new SignedOut();
    const error = pauseNow();
    if (error) throw error;
    return renewed(since);
  }

  async function ask(question: Question): Promise<AccessToken> {
    const [mine, before] = [session, held];
    const isAnswered = () =>
      mine !== session ||
      (held !== undefined && held !== before && held.from >= question.since && lasts(held, surroundings.now()));
    await tabs.alone(async (waited) => {
      if (waited && !isAnswered()) await messages(isAnswered);
      if (isAnswered()) return;
      question.from = surroundings.now();
      const token = await newToken().catch(pauseAfter);
      if (mine !== session) return;
      if (!token) return end("expired");
      take(token);
      if (held === token) tabs.tell({ kind: "token", token });
    });
    if (isOver) throw new SignedOut();
    // The session was changed meanwhile: what was answered is not its token.
    return held ?? renewed(question.since);
  }

  /** The other tab told what it got before it let go of the lock; the message may be on its way. */
  async function messages(areEnough: () => boolean): Promise<void> {
    const arrival = new Promise<void>((resolve) => (onArrival = () => areEnough() && resolve()));
    await Promise.race([arrival, surroundings.wait(MESSAGE_MS)]);
  }

  /** A server that says when it can be asked again is not asked before. */
  function pauseAfter(error: unknown): never {
    if ((error instanceof RateLimited || error instanceof Unavailable) && error.retryAfter) {
      pause = { error, until: surroundings.now() + Math.min(error.retryAfter * 1000, LONGEST_PAUSE_MS) };
    }
    throw error;
  }

  function pauseNow(): ApiError | undefined {
    const left = pause ? pause.until - surroundings.now() : 0;
    return left > 0 && left <= LONGEST_PAUSE_MS ? pause?.error : undefined;
  }

  function changed(): void {
    renew(surroundings.now());
    tabs.tell({ kind: "changed", at: changedAt });
  }

  return {
    async get({ refused, fresh = false } = {}) {
      if (isOver) throw new SignedOut();
      const now = surroundings.now();
      const good = held && held.value !== refused && lasts(held, now) ? held : undefined;
      const error = pauseNow();
      if (good && !fresh) {
        // That it cannot be had now is nobody's trouble: this one still lasts.
        if (!error && isDue(good, now)) void renewed().catch(() => {});
        return good.value;
      }
      if (error) throw error;
      return (await renewed(fresh ? now : undefined)).value;
    },
    atHand: () => held?.value,
    changed,
    signedIn() {
      subject = undefined;
      changed();
    },
    ended() {
      end();
      subject = undefined;
      tabs.tell({ kind: "ended" });
    },
  };
}
