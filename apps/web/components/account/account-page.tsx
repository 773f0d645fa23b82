"use client";

import { useEffect } from "react";
import { DeleteAccount } from "@/components/account/delete-account";
import { Devices } from "@/components/account/devices";
import { EmailForm } from "@/components/account/email-form";
import { PasswordForm } from "@/components/account/password-form";
import { ProfileForm } from "@/components/account/profile-form";
import { SignInMethods } from "@/components/account/sign-in-methods";
import { hasPassword, useAccounts } from "@/components/account/use-accounts";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { authClient } from "@/lib/auth-client";
import type { EmailNotice } from "@/lib/notices";
import { sessionIsOver } from "@/lib/session-end";

interface AccountPageProps {
  notice: EmailNotice | undefined;
  linkFailed: boolean;
}

/** The account of whoever is signed in. A session that is over leads to the login page and back. */
export function AccountPage({ notice, linkFailed }: AccountPageProps) {
  const { data, isPending, error, refetch } = authClient.useSession();
  const accounts = useAccounts(data?.user.id);
  const isOver = !isPending && !data && (!error || error.status === 401);

  useEffect(() => {
    if (isOver) sessionIsOver("expired");
  }, [isOver]);

  return (
    <div className="mx-auto w-full max-w-2xl px-4 pt-10 pb-24 sm:px-6 sm:pt-14">
      <h1 className="font-display text-4xl tracking-tight">Your account</h1>
      {data ? (
        <div className="mt-8 space-y-6">
          <ProfileForm name={data.user.name} />
          <EmailForm
            email={data.user.email}
            isVerified={data.user.emailVerified}
            notice={notice}
            linkFailed={linkFailed}
          />
          <SignInMethods accounts={accounts} />
          {hasPassword(accounts) && <PasswordForm email={data.user.email} onChanged={() => void refetch()} />}
          <Devices currentToken={data.session.token} />
          <DeleteAccount hasPassword={hasPassword(accounts)} />
        </div>
      ) : error && !isOver ? (
        <div className="mt-8 space-y-4">
          <Alert>The server cannot be reached at the moment.</Alert>
          <Button variant="outline" onClick={() => refetch()}>
            Try again
          </Button>
        </div>
      ) : (
        <div className="mt-8 space-y-6">
          <Skeleton className="h-44 w-full rounded-2xl" />
          <Skeleton className="h-44 w-full rounded-2xl" />
        </div>
      )}
    </div>
  );
}
