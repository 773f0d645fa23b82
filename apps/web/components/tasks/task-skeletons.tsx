import { Skeleton } from "@/components/ui/skeleton";

export function TaskSkeletons() {
  return (
    <div role="status" aria-label="Loading your tasks" className="mt-8 space-y-3">
      {[0, 1, 2, 3].map((row) => (
        <div key={row} className="flex items-center gap-4 rounded-xl border bg-surface p-4">
          <Skeleton className="size-6 rounded-full" />
          <Skeleton className={row % 2 ? "h-4 w-2/5" : "h-4 w-3/5"} />
        </div>
      ))}
    </div>
  );
}
