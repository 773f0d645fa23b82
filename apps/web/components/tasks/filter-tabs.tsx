import Link from "next/link";
import { cn } from "@/lib/cn";
import type { Filter } from "@/lib/tasks";

const FILTERS: { filter: Filter; label: string; href: string }[] = [
  { filter: "all", label: "All", href: "/tasks" },
  { filter: "active", label: "To do", href: "/tasks?filter=active" },
  { filter: "completed", label: "Completed", href: "/tasks?filter=completed" },
];

/** The filter is in the address: it can be shared, reloaded and gone back to. */
export function FilterTabs({ current }: { current: Filter }) {
  return (
    <nav aria-label="Which tasks" className="mt-6 inline-flex gap-1 rounded-xl bg-muted p-1">
      {FILTERS.map(({ filter, label, href }) => (
        <Link
          key={filter}
          href={href}
          aria-current={filter === current ? "page" : undefined}
          className={cn(
            "rounded-lg px-4 py-2 text-sm text-subtle transition-colors hover:text-foreground",
            filter === current && "bg-surface font-medium text-foreground shadow-sm",
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
