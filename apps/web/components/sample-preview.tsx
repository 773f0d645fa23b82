import { Check } from "lucide-react";
import { cn } from "@/lib/cn";

const SAMPLES = [
  { title: "Water the plants", done: true },
  { title: "Answer Ingrid's letter", done: true },
  { title: "Book the train to Lisbon", done: false },
  { title: "Fix the squeaking door", done: false },
];

/** What a list looks like; a picture, not a control. */
export function SamplePreview() {
  return (
    <div aria-hidden className="rounded-2xl border bg-surface p-3 shadow-raised md:rotate-1">
      <ul className="divide-y">
        {SAMPLES.map(({ title, done }) => (
          <li key={title} className="flex items-center gap-3.5 px-3 py-4">
            <span
              className={cn(
                "grid size-5.5 place-items-center rounded-full border-2",
                done ? "border-accent bg-accent text-on-accent" : "border-line-strong",
              )}
            >
              {done && <Check className="size-3.5" strokeWidth={3} />}
            </span>
            <span className={cn(done && "text-subtle line-through")}>{title}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
