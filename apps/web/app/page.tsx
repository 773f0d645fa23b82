import { KeyRound, ListChecks, ShieldCheck } from "lucide-react";
import Link from "next/link";
import { buttonVariants } from "@/components/ui/button";
import { SamplePreview } from "@/components/sample-preview";

const STEPS = [
  {
    Icon: KeyRound,
    title: "You sign in",
    text: "With the Better Auth client. The session stays in a cookie that no script can read.",
  },
  {
    Icon: ShieldCheck,
    title: "You get a token",
    text: "Short-lived, signed, and kept in memory only. It says who you are and nothing more.",
  },
  {
    Icon: ListChecks,
    title: "Your tasks stay yours",
    text: "The API verifies every token by itself. A row that is not yours cannot be reached.",
  },
];

export default function Landing() {
  return (
    <div className="mx-auto w-full max-w-5xl px-4 pt-14 pb-20 sm:px-6 sm:pt-24">
      <section className="grid items-center gap-12 md:grid-cols-[1.1fr_1fr]">
        <div>
          <h1 className="font-display text-5xl leading-[1.05] tracking-tight text-balance sm:text-6xl">
            A quiet place for what you have to do.
          </h1>
          <p className="mt-6 max-w-prose text-lg text-pretty text-subtle">
            Write it down, tick it off, forget it. Nobody else sees your list, and every request has to prove
            whose it is.
          </p>
          <div className="mt-9 flex flex-wrap gap-3">
            <Link href="/sign-up" className={buttonVariants({ className: "px-7" })}>
              Start a list
            </Link>
            <Link href="/login" className={buttonVariants({ variant: "outline" })}>
              I have an account
            </Link>
          </div>
        </div>
        <SamplePreview />
      </section>
      <section aria-labelledby="how" className="mt-24 border-t pt-14">
        <h2 id="how" className="font-display text-3xl tracking-tight">
          How it is kept
        </h2>
        <ol className="mt-8 grid gap-8 sm:grid-cols-3">
          {STEPS.map(({ Icon, title, text }, index) => (
            <li key={title}>
              <Icon className="size-6 text-accent" aria-hidden />
              <h3 className="mt-4 font-semibold">
                <span className="text-subtle tabular-nums">{index + 1}. </span>
                {title}
              </h3>
              <p className="mt-2 text-sm leading-relaxed text-pretty text-subtle">{text}</p>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}
