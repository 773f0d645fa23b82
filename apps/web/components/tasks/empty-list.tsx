import type { Filter } from "@/lib/tasks";

const TEXTS: Record<Filter, { title: string; text: string }> = {
  all: { title: "Nothing to do", text: "Write down the first thing that is on your mind." },
  active: { title: "All done", text: "There is nothing left to do. Enjoy it." },
  completed: { title: "Nothing completed yet", text: "What you tick off is kept here." },
};

export function EmptyList({ filter }: { filter: Filter }) {
  const { title, text } = TEXTS[filter];
  return (
    <div className="mt-5 rounded-2xl border border-dashed border-line-strong px-6 py-14 text-center">
      <p className="font-display text-2xl">{title}</p>
      <p className="mt-2 text-sm text-subtle">{text}</p>
    </div>
  );
}
