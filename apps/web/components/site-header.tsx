"use client";

import Link from "next/link";
import { AccountMenu } from "@/components/account-menu";
import { Logo } from "@/components/logo";
import { ThemeMenu } from "@/components/theme-menu";
import { buttonVariants } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { authClient } from "@/lib/auth-client";
import type { Theme } from "@/lib/theme";

export function SiteHeader({ theme }: { theme: Theme }) {
  const { data, isPending } = authClient.useSession();
  return (
    <header className="sticky top-0 z-30 border-b bg-background">
      <div className="mx-auto flex h-16 w-full max-w-5xl items-center justify-between gap-4 px-4 sm:px-6">
        <Link href={data ? "/tasks" : "/"} className="flex items-center gap-2.5 rounded-md font-display text-xl">
          <Logo className="size-7" />
          Tasks
        </Link>
        <nav aria-label="Account" className="flex items-center gap-1 sm:gap-2">
          <ThemeMenu initial={theme} />
          {isPending ? (
            <Skeleton className="h-9 w-24 rounded-lg" />
          ) : data ? (
            <AccountMenu name={data.user.name} email={data.user.email} />
          ) : (
            <>
              <Link href="/login" className={buttonVariants({ variant: "ghost", size: "small" })}>
                Sign in
              </Link>
              <Link href="/sign-up" className={buttonVariants({ size: "small" })}>
                Sign up
              </Link>
            </>
          )}
        </nav>
      </div>
    </header>
  );
}
