"use client";

import { ApiError, SignedOut } from "@countersign/client";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useAnnounce } from "@/components/announcer";
import { beforeSignOut } from "@/lib/before-sign-out";
import { inTurn } from "@/lib/in-turn";
import { type Filter, type Task, tasksOf } from "@/lib/tasks";

/** How long a deleted task can be brought back. */
const UNDO_MS = 6_000;

type State =
  | { kind: "loading" }
  | { kind: "failed"; message: string }
  | { kind: "ready"; tasks: Task[]; nextCursor: string | null };

/** A task that is gone from the list and not yet from the server. */
interface Leaving {
  task: Task;
  index: number;
}

/**
 * The list and what can be done with it.
 *
 * A deleted task leaves the list at once and the server when the time to undo has passed, the
 * message is dismissed, or the page is left. Undo therefore brings back the very same task, and if
 * the browser dies in between, the task is simply still there: nothing is lost.
 */
export function useTasks(userId: string, filter: Filter) {
  const api = useMemo(() => tasksOf(userId), [userId]);
  const [turn] = useState(inTurn);
  const announce = useAnnounce();
  const [state, setState] = useState<State>({ kind: "loading" });
  const [problem, setProblem] = useState<string>();
  const [leaving, setLeaving] = useState<Leaving>();
  const leavingNow = useRef<Leaving>(undefined);

  const report = useCallback(
    (error: unknown) => {
      if (error instanceof SignedOut) return;
      const message = error instanceof ApiError ? error.message : "Something went wrong. Please try again.";
      setProblem(message);
      announce(message);
    },
    [announce],
  );

  const edit = useCallback((change: (tasks: Task[]) => Task[]) => {
    setState((now) => (now.kind === "ready" ? { ...now, tasks: change(now.tasks) } : now));
  }, []);

  const load = useCallback(
    async (cursor?: string) => {
      try {
        const page = await api.list(filter, cursor);
        setState((now) => {
          const before = cursor && now.kind === "ready" ? now.tasks : [];
          const known = new Set(before.map(({ id }) => id));
          const fresh = page.items.filter(({ id }) => !known.has(id));
          return { kind: "ready", tasks: [...before, ...fresh], nextCursor: page.next_cursor };
        });
      } catch (error) {
        if (error instanceof SignedOut) return;
        if (cursor) return report(error);
        const message = error instanceof ApiError ? error.message : "Your tasks could not be loaded.";
        setState({ kind: "failed", message });
      }
    },
    [api, filter, report],
  );

  useEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the list is fetched, not derived
    void load();
  }, [load]);

  const setLeavingTask = useCallback((next: Leaving | undefined) => {
    leavingNow.current = next;
    setLeaving(next);
  }, []);

  /** Lets the leaving task go for good. */
  const letGo = useCallback(async () => {
    const gone = leavingNow.current;
    if (!gone) return;
    setLeavingTask(undefined);
    try {
      await turn(gone.task.id, () => api.remove(gone.task.id));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return;
      edit((tasks) => tasks.toSpliced(gone.index, 0, gone.task));
      report(error);
    }
  }, [api, edit, report, setLeavingTask, turn]);

  useEffect(() => beforeSignOut(letGo), [letGo]);

  useEffect(() => {
    if (!leaving) return;
    const timer = setTimeout(() => void letGo(), UNDO_MS);
    return () => clearTimeout(timer);
  }, [leaving, letGo]);

  useEffect(() => {
    function onLeave() {
      const gone = leavingNow.current;
      leavingNow.current = undefined;
      if (gone) api.removeOnLeaving(gone.task.id);
    }
    window.addEventListener("pagehide", onLeave);
    return () => {
      window.removeEventListener("pagehide", onLeave);
      onLeave();
    };
  }, [api]);

  return {
    state,
    problem,
    leaving: leaving?.task,
    dismissProblem: () => setProblem(undefined),
    reload: () => {
      setState({ kind: "loading" });
      void load();
    },
    loadMore: (cursor: string) => load(cursor),
    letGo,

    /** The fields that were refused, or nothing when the task was added. */
    async add(title: string): Promise<Record<string, string> | undefined> {
      try {
        const task = await api.add(title, null);
        if (filter !== "completed") edit((tasks) => [task, ...tasks]);
        announce(`Added ${task.title}`);
        return undefined;
      } catch (error) {
        if (error instanceof ApiError && error.fields.title) return error.fields;
        report(error);
        return {};
      }
    },

    async change(task: Task, change: { title: string; description: string | null }) {
      try {
        const changed = await turn(task.id, () => api.change(task.id, change));
        edit((tasks) => tasks.map((other) => (other.id === task.id ? changed : other)));
        announce(`Saved ${changed.title}`);
        return undefined;
      } catch (error) {
        if (error instanceof ApiError && Object.keys(error.fields).length > 0) return error.fields;
        report(error);
        return {};
      }
    },

    async setCompleted(task: Task, completed: boolean) {
      const show = (value: boolean) =>
        edit((tasks) => tasks.map((other) => (other.id === task.id ? { ...other, completed: value } : other)));
      show(completed);
      try {
        await turn(task.id, () => api.setCompleted(task.id, completed));
        announce(completed ? `Completed ${task.title}` : `${task.title} is to be done again`);
      } catch (error) {
        show(!completed);
        report(error);
      }
    },

    remove(task: Task) {
      void letGo();
      const tasks = state.kind === "ready" ? state.tasks : [];
      const index = tasks.findIndex(({ id }) => id === task.id);
      edit((tasks) => tasks.filter(({ id }) => id !== task.id));
      setLeavingTask({ task, index: Math.max(index, 0) });
      announce(`Deleted ${task.title}. You can undo this.`);
    },

    undo() {
      const back = leavingNow.current;
      if (!back) return;
      setLeavingTask(undefined);
      edit((tasks) => tasks.toSpliced(back.index, 0, back.task));
      announce(`${back.task.title} is back`);
    },
  };
}
