import type { Feed, Page } from "./feed.ts";
import type { Question } from "./question.ts";

/** The longest silence between two events, in seconds. */
const SILENCE = 5;

/**
 * Answers as server-sent events: one at once, then one with each change. What cannot be answered ends the stream: whoever
 * reads it asks again.
 */
export function events(feed: Feed, question: Question, sign: (page: Page) => Promise<string>): ReadableStream<Uint8Array> {
  let { followed } = question;
  let wait = 0;
  return new ReadableStream({
    async pull(controller) {
      try {
        const page = await feed.next({ ...question, followed, wait });
        const event = `id: ${page.epoch}:${page.to}\ndata: ${await sign(page)}\n\n`;
        controller.enqueue(new TextEncoder().encode(event));
        followed = { epoch: page.epoch, after: page.to };
        wait = page.more ? 0 : SILENCE;
      } catch (error) {
        controller.error(error);
      }
    },
  });
}
