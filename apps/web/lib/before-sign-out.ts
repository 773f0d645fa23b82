/**
 * What still has to be done with the session before it ends: a deleted task that could be brought
 * back is let go while there is a session that may do so.
 */
type Task = () => Promise<void>;

const tasks = new Set<Task>();

/** Registers a task; what is returned takes it back. */
export function beforeSignOut(task: Task): () => void {
  tasks.add(task);
  return () => tasks.delete(task);
}

/** Does all of it. A task that fails does not keep anybody signed in. */
export async function finishBeforeSignOut(): Promise<void> {
  await Promise.allSettled([...tasks].map((task) => task()));
}
