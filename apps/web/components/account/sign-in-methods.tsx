import { KeyRound, Link2 } from "lucide-react";
import { Section } from "@/components/account/section";
import { type Accounts, PASSWORD } from "@/components/account/use-accounts";
import { Alert } from "@/components/ui/alert";
import { Skeleton } from "@/components/ui/skeleton";
import { providerName } from "@/lib/provider-name";

/** A password, and the accounts at identity providers that are linked to this one. */
export function SignInMethods({ accounts }: { accounts: Accounts }) {
  return (
    <Section title="Sign-in methods" intro="How you can sign in.">
      {accounts === undefined && <Skeleton className="h-6 w-full rounded-lg" />}
      {accounts === "unavailable" && <Alert>Your sign-in methods cannot be shown at the moment.</Alert>}
      {Array.isArray(accounts) && (
        <ul className="divide-y">
          {accounts.map(({ id, providerId, createdAt }) => {
            const Icon = providerId === PASSWORD ? KeyRound : Link2;
            return (
              <li key={id} className="flex items-center gap-3 py-3 first:pt-0 last:pb-0">
                <Icon aria-hidden className="size-5 shrink-0 text-subtle" />
                <p className="min-w-0 flex-1 truncate font-medium">
                  {providerId === PASSWORD ? "E-mail and password" : providerName(providerId)}
                </p>
                <p className="text-sm text-subtle">Since {createdAt.toLocaleDateString()}</p>
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
