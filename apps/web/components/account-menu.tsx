"use client";

import { LogOut, UserRound } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useAnnounce } from "@/components/announcer";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { authClient } from "@/lib/auth-client";
import { finishBeforeSignOut } from "@/lib/before-sign-out";
import { leave } from "@/lib/session-end";

export function AccountMenu({ name, email }: { name: string; email: string }) {
  const announce = useAnnounce();
  const [failed, setFailed] = useState(false);

  async function signOut() {
    setFailed(false);
    await finishBeforeSignOut();
    const isOver = await authClient.signOut().then(
      ({ error }) => !error,
      () => false,
    );
    if (!isOver) {
      setFailed(true);
      announce("You could not be signed out. Please try again.");
      return;
    }
    leave("/");
  }

  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="small" aria-label={`Account of ${name || email}`} className="max-w-44 px-2">
          <span
            aria-hidden
            className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold uppercase"
          >
            {(name || email).slice(0, 1)}
          </span>
          <span className="hidden truncate sm:inline">{name || email}</span>
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuLabel className="pb-2">
          <span className="block truncate text-sm font-medium text-foreground">{name}</span>
          <span className="block truncate">{email}</span>
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link href="/account">
            <UserRound aria-hidden />
            Your account
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem
          onSelect={(event) => {
            event.preventDefault();
            void signOut();
          }}
        >
          <LogOut aria-hidden />
          Sign out
        </DropdownMenuItem>
        {failed && (
          <DropdownMenuLabel className="text-danger">That did not work. Please try again.</DropdownMenuLabel>
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
