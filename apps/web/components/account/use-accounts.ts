"use client";

import { useEffect, useState } from "react";
import { authClient } from "@/lib/auth-client";

/** The provider of an account with a password, as Better Auth calls it. */
export const PASSWORD = "credential";

interface Account {
  id: string;
  providerId: string;
  createdAt: Date;
}

/** `undefined` until they are there. */
export type Accounts = Account[] | "unavailable" | undefined;

/** The ways in which somebody can sign in, the oldest first. */
export function useAccounts(userId: string | undefined): Accounts {
  const [accounts, setAccounts] = useState<Accounts>();
  useEffect(() => {
    if (!userId) return;
    let isShown = true;
    const answer = authClient.listAccounts().catch(() => undefined);
    void answer.then((found) => {
      const age = ({ createdAt }: Account) => createdAt.getTime();
      const inOrder = found?.data?.toSorted((one, other) => age(one) - age(other));
      if (isShown) setAccounts(inOrder ?? "unavailable");
    });
    return () => {
      isShown = false;
    };
  }, [userId]);
  return accounts;
}

/** Whether somebody has a password, as long as nothing else is known. */
export function hasPassword(accounts: Accounts): boolean {
  return !Array.isArray(accounts) || accounts.some(({ providerId }) => providerId === PASSWORD);
}
