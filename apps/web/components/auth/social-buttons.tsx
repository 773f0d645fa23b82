"use client";

import { useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { attempt } from "@/components/use-submit";
import { authClient } from "@/lib/auth-client";
import { providerName } from "@/lib/provider-name";

interface SocialButtonsProps {
  /** Their ids. */
  providers: string[];
  returnUrl: string;
}

/** A button for each identity provider that is set up; nothing when none is. */
export function SocialButtons({ providers, returnUrl }: SocialButtonsProps) {
  const [error, setError] = useState<string>();
  if (providers.length === 0) return null;

  async function signIn(provider: string) {
    const errorCallbackURL = `/login?${new URLSearchParams({ returnUrl })}`;
    // The client follows the answer to the provider by itself.
    setError(
      await attempt(() => authClient.signIn.social({ provider, callbackURL: returnUrl, errorCallbackURL })),
    );
  }

  return (
    <div className="mt-6 space-y-3">
      <p className="flex items-center gap-3 text-sm text-subtle before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        or
      </p>
      {error && <Alert>{error}</Alert>}
      {providers.map((id) => (
        <Button key={id} variant="outline" className="w-full" onClick={() => void signIn(id)}>
          Continue with {providerName(id)}
        </Button>
      ))}
    </div>
  );
}
