import { type ReactNode, useId } from "react";

/** One matter of the account, with its heading. */
export function Section({ title, intro, children }: { title: string; intro?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-2xl border bg-surface p-5 shadow-raised sm:p-7">
      <h2 id={id} className="font-display text-2xl tracking-tight">
        {title}
      </h2>
      {intro && <p className="mt-1 text-sm text-subtle">{intro}</p>}
      <div className="mt-5 space-y-5">{children}</div>
    </section>
  );
}
