"use client";

import { useRef } from "react";
import { AddTask } from "@/components/tasks/add-task";
import { EmptyList } from "@/components/tasks/empty-list";
import { FilterTabs } from "@/components/tasks/filter-tabs";
import { TaskRow } from "@/components/tasks/task-row";
import { TaskSkeletons } from "@/components/tasks/task-skeletons";
import { UndoToast } from "@/components/tasks/undo-toast";
import { useTasks } from "@/components/tasks/use-tasks";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import type { Filter, Task } from "@/lib/tasks";

export function TaskBoard({ userId, filter }: { userId: string; filter: Filter }) {
  const list = useTasks(userId, filter);
  const heading = useRef<HTMLHeadingElement>(null);
  const { state } = list;

  function remove(task: Task) {
    list.remove(task);
    // The button that had the focus is gone with its task.
    heading.current?.focus();
  }

  return (
    <>
      <AddTask onAdd={list.add} />
      <FilterTabs current={filter} />
      {list.problem && (
        <div className="mt-5">
          <Alert>
            <div className="flex items-center justify-between gap-3">
              {list.problem}
              <Button variant="danger" size="small" onClick={list.dismissProblem}>
                Dismiss
              </Button>
            </div>
          </Alert>
        </div>
      )}
      <h2 ref={heading} tabIndex={-1} className="sr-only">
        {filter === "all" ? "All tasks" : filter === "active" ? "Tasks to do" : "Completed tasks"}
      </h2>
      {state.kind === "loading" && <TaskSkeletons />}
      {state.kind === "failed" && (
        <div className="mt-8 space-y-4">
          <Alert>{state.message}</Alert>
          <Button variant="outline" onClick={list.reload}>
            Try again
          </Button>
        </div>
      )}
      {state.kind === "ready" && state.tasks.length === 0 && <EmptyList filter={filter} />}
      {state.kind === "ready" && state.tasks.length > 0 && (
        <ul aria-label="Tasks" className="mt-5 space-y-2.5">
          {state.tasks.map((task) => (
            <TaskRow
              key={task.id}
              task={task}
              onComplete={(completed) => list.setCompleted(task, completed)}
              onChange={(change) => list.change(task, change)}
              onRemove={() => remove(task)}
            />
          ))}
        </ul>
      )}
      {state.kind === "ready" && state.nextCursor && (
        <LoadMore cursor={state.nextCursor} onLoad={list.loadMore} />
      )}
      {list.leaving && <UndoToast title={list.leaving.title} onUndo={list.undo} onDismiss={list.letGo} />}
    </>
  );
}

function LoadMore({ cursor, onLoad }: { cursor: string; onLoad: (cursor: string) => Promise<void> }) {
  return (
    <div className="mt-6 text-center">
      <Button variant="outline" onClick={() => void onLoad(cursor)}>
        Show more
      </Button>
    </div>
  );
}
