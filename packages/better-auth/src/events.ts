import type { Feed, Look, Page } from "./feed.ts";
import type { Question } from "./question.ts";

/** The longest silence between two events, in seconds. */
const SILENCE = 5;

/**
 * Answers as server-sent events: one at once, then one with each change. What cannot be answered ends the stream: whoever
 * reads it asks again. The end is told, with what was in the way.
 */
export function events(
  feed: Feed,
  question: Question,
  sign: (news: { look: Look; page: Page }) => Promise<string>,
  ended: (error?: unknown) => void,
): ReadableStream<Uint8Array> {
  let { followed } = question;
  let wait = 0;
  let isRead = true;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { look, page } = await feed.next({ followed, wait });
        const signed = await sign({ look, page });
        if (!isRead) return;
        const event = `id: ${page.epoch}:${page.to}\ndata: ${signed}\n\n`;
        controller.enqueue(new TextEncoder().encode(event));
        followed = { epoch: page.epoch, after: page.to };
        wait = page.more ? 0 : SILENCE;
      } catch (error) {
        if (!isRead) return;
        ended(error);
        controller.error(error);
      }
    },
    cancel() {
      isRead = false;
      ended();
    },
  });
}
