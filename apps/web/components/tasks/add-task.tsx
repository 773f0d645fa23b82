"use client";

import { Plus } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";

interface AddTaskProps {
  onAdd: (title: string) => Promise<Record<string, string> | undefined>;
}

export function AddTask({ onAdd }: AddTaskProps) {
  const [title, setTitle] = useState("");
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  async function add(event: FormEvent) {
    event.preventDefault();
    if (isBusy) return;
    if (!title.trim()) {
      setError("Write what is to be done.");
      input.current?.focus();
      return;
    }
    setBusy(true);
    const refused = await onAdd(title);
    setBusy(false);
    setError(refused?.title && `The title ${refused.title}.`);
    if (!refused) setTitle("");
    input.current?.focus();
  }

  return (
    <form onSubmit={add} noValidate className="mt-8">
      <div className="flex gap-2.5">
        <Input
          ref={input}
          value={title}
          onChange={(event) => {
            setTitle(event.target.value);
            setError(undefined);
          }}
          placeholder="What is to be done?"
          aria-label="New task"
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? "new-task-error" : undefined}
          maxLength={200}
          enterKeyHint="done"
          className="h-12 rounded-xl px-4 sm:text-base"
        />
        <Button type="submit" disabled={isBusy} className="h-12 rounded-xl">
          <Plus aria-hidden />
          Add
        </Button>
      </div>
      {error && (
        <p id="new-task-error" role="alert" className="mt-2 text-sm text-danger">
          {error}
        </p>
      )}
    </form>
  );
}
