import type { ReactNode } from "react";

/** The frame of the pages where people sign in and up. */
export function AuthCard({ title, intro, children }: { title: string; intro: string; children: ReactNode }) {
  return (
    <div className="mx-auto w-full max-w-md px-4 py-12 sm:py-20">
      <h1 className="font-display text-4xl tracking-tight">{title}</h1>
      <p className="mt-2 text-subtle">{intro}</p>
      <div className="mt-8 rounded-2xl border bg-surface p-6 shadow-raised sm:p-8">{children}</div>
    </div>
  );
}
