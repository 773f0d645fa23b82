/**
 * Does things to one object one after the other, and things to different objects side by side:
 * requests that overtake each other would leave the server with the older of two wishes.
 */
export function inTurn() {
  const last = new Map<string, Promise<unknown>>();
  return function next<T>(id: string, act: () => Promise<T>): Promise<T> {
    const before = last.get(id) ?? Promise.resolve();
    const done = before.then(act, act);
    last.set(id, done);
    const tidy = () => {
      if (last.get(id) === done) last.delete(id);
    };
    done.then(tidy, tidy);
    return done;
  };
}
