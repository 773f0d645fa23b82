import { X } from "lucide-react";
import { Button } from "@/components/ui/button";

interface UndoToastProps {
  title: string;
  onUndo: () => void;
  onDismiss: () => void;
}

/** Says that a task was deleted, while that can be taken back. */
export function UndoToast({ title, onUndo, onDismiss }: UndoToastProps) {
  return (
    <section
      aria-label="Deleted task"
      className="animate-rise fixed inset-x-4 bottom-5 z-40 mx-auto flex max-w-md items-center gap-2 rounded-xl border bg-surface py-2 pr-2 pl-4 shadow-raised"
    >
      <p className="min-w-0 flex-1 truncate text-sm">
        Deleted <span className="font-medium">{title}</span>
      </p>
      <Button variant="outline" size="small" onClick={onUndo}>
        Undo
      </Button>
      <Button variant="ghost" size="icon" aria-label="Dismiss" onClick={onDismiss}>
        <X aria-hidden />
      </Button>
    </section>
  );
}
