"use client";

import { Check, Pencil, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { EditTask } from "@/components/tasks/edit-task";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import type { Task } from "@/lib/tasks";

interface TaskRowProps {
  task: Task;
  onComplete: (completed: boolean) => void;
  onChange: (change: { title: string; description: string | null }) => Promise<Record<string, string> | undefined>;
  onRemove: () => void;
}

export function TaskRow({ task, onComplete, onChange, onRemove }: TaskRowProps) {
  const [isEditing, setEditing] = useState(false);
  const editButton = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);

  useEffect(() => {
    if (wasEditing.current && !isEditing) editButton.current?.focus();
    wasEditing.current = isEditing;
  }, [isEditing]);

  if (isEditing) {
    return (
      <li className="rounded-xl border border-accent bg-surface p-4">
        <EditTask task={task} onSave={onChange} onClose={() => setEditing(false)} />
      </li>
    );
  }
  return (
    <li className="group animate-rise flex items-start gap-1.5 rounded-xl border bg-surface py-2 pr-2 pl-2 transition-colors hover:border-line-strong">
      <label className="relative grid size-11 shrink-0 cursor-pointer place-items-center sm:size-9">
        <input
          type="checkbox"
          checked={task.completed}
          onChange={(event) => onComplete(event.target.checked)}
          aria-label={`Completed: ${task.title}`}
          className="peer size-5.5 cursor-pointer appearance-none rounded-full border-2 border-line-strong transition-colors checked:border-accent checked:bg-accent hover:border-accent"
        />
        <Check
          aria-hidden
          strokeWidth={3}
          className="pointer-events-none absolute size-3.5 text-on-accent opacity-0 peer-checked:opacity-100"
        />
      </label>
      <div className="min-w-0 flex-1 py-2.5 sm:py-1.5">
        <p className={cn("break-words", task.completed && "text-subtle line-through")}>{task.title}</p>
        {task.description && (
          <p className="mt-0.5 text-sm break-words whitespace-pre-line text-subtle">{task.description}</p>
        )}
      </div>
      <div className="flex shrink-0 text-subtle">
        <Button
          ref={editButton}
          variant="ghost"
          size="icon"
          aria-label={`Edit ${task.title}`}
          onClick={() => setEditing(true)}
        >
          <Pencil aria-hidden />
        </Button>
        <Button variant="ghost" size="icon" aria-label={`Delete ${task.title}`} onClick={onRemove}>
          <Trash2 aria-hidden />
        </Button>
      </div>
    </li>
  );
}
