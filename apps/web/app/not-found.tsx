import Link from "next/link";
import { buttonVariants } from "@/components/ui/button";

export default function NotFound() {
  return (
    <div className="mx-auto grid max-w-md flex-1 place-content-center gap-5 px-4 py-20 text-center">
      <h1 className="font-display text-4xl tracking-tight">Nothing here</h1>
      <p className="text-subtle">This address leads nowhere. It may have moved, or never existed.</p>
      <Link href="/" className={buttonVariants({ variant: "outline", className: "justify-self-center" })}>
        Go home
      </Link>
    </div>
  );
}
