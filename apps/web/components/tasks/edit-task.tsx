"use client";

import { type FormEvent, type KeyboardEvent, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Input, Textarea } from "@/components/ui/input";
import type { Task } from "@/lib/tasks";

interface EditTaskProps {
  task: Task;
  onSave: (change: { title: string; description: string | null }) => Promise<Record<string, string> | undefined>;
  onClose: () => void;
}

/** Edits a task in its place. Enter saves (with Ctrl in the description), Escape leaves it as it was. */
export function EditTask({ task, onSave, onClose }: EditTaskProps) {
  const id = useId();
  const [title, setTitle] = useState(task.title);
  const [description, setDescription] = useState(task.description ?? "");
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [isBusy, setBusy] = useState(false);

  async function save(event?: FormEvent) {
    event?.preventDefault();
    if (isBusy) return;
    if (!title.trim()) {
      setErrors({ title: "must not be empty" });
      return;
    }
    setBusy(true);
    const refused = await onSave({ title, description: description.trim() || null });
    setBusy(false);
    if (refused) setErrors(refused);
    else onClose();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Escape") onClose();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
  }

  return (
    <form onSubmit={save} onKeyDown={onKeyDown} noValidate aria-label={`Edit ${task.title}`} className="space-y-3">
      <div>
        <Input
          autoFocus
          aria-label="Title"
          aria-invalid={errors.title ? true : undefined}
          aria-describedby={errors.title ? `${id}-title` : undefined}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          maxLength={200}
        />
        {errors.title && (
          <p id={`${id}-title`} role="alert" className="mt-1.5 text-sm text-danger">
            The title {errors.title}.
          </p>
        )}
      </div>
      <div>
        <Textarea
          aria-label="Description"
          aria-invalid={errors.description ? true : undefined}
          aria-describedby={errors.description ? `${id}-description` : undefined}
          placeholder="More about it"
          rows={3}
          maxLength={2000}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
        {errors.description && (
          <p id={`${id}-description`} role="alert" className="mt-1.5 text-sm text-danger">
            The description {errors.description}.
          </p>
        )}
      </div>
      <div className="flex gap-2">
        <Button type="submit" size="small" disabled={isBusy}>
          Save
        </Button>
        <Button variant="ghost" size="small" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
