import type { SecondaryStorage } from "@better-auth/core/db";
import { remembered } from "./failures.ts";

const watched = new WeakSet<object>();

/**
 * A `secondaryStorage` that fails is no success either: Better Auth asks it before it deletes a session from the database,
 * overlooks that it cannot, and only logs where the copies of sessions that ended stay there. In place, as Better Auth
 * holds it already.
 */
export function watchStorage(storage: SecondaryStorage): void {
  if (watched.has(storage)) return;
  watched.add(storage);
  const { get, set, delete: remove } = storage;
  storage.get = seen(get.bind(storage));
  storage.set = seen(set.bind(storage));
  storage.delete = seen(remove.bind(storage));
}

/** What answers at once still does. */
function seen<A extends unknown[], R>(call: (...args: A) => R | Promise<R>): (...args: A) => R | Promise<R> {
  return (...args) => {
    try {
      const result = call(...args);
      return result instanceof Promise ? remembered(() => result) : result;
    } catch (error) {
      return remembered(() => Promise.reject(error));
    }
  };
}
