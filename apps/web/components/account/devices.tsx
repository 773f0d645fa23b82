"use client";

import { Monitor, Smartphone } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { Section } from "@/components/account/section";
import { useAnnounce } from "@/components/announcer";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { attempt } from "@/components/use-submit";
import { authClient } from "@/lib/auth-client";
import { deviceName, isPhone } from "@/lib/device-name";

interface Device {
  token: string;
  userAgent?: string | null | undefined;
  createdAt: Date;
}

type Devices = Device[] | "not fresh" | "unavailable" | undefined;

async function fetchDevices(): Promise<Devices> {
  const answer = await authClient.listSessions().catch(() => undefined);
  if (answer?.data) return answer.data;
  return answer?.error?.status === 403 ? "not fresh" : "unavailable";
}

/** Where somebody is signed in; each of them can be signed out from here. */
export function Devices({ currentToken }: { currentToken: string }) {
  const announce = useAnnounce();
  const [devices, setDevices] = useState<Devices>();
  const [error, setError] = useState<string>();
  const load = useCallback(async () => setDevices(await fetchDevices()), []);

  useEffect(() => {
    let isShown = true;
    void fetchDevices().then((found) => isShown && setDevices(found));
    return () => {
      isShown = false;
    };
  }, [currentToken]);

  async function end(what: string, revoke: () => ReturnType<typeof authClient.revokeOtherSessions>) {
    const failure = await attempt(revoke);
    setError(failure);
    if (failure === undefined) announce(`Signed out ${what}.`);
    await load();
  }

  const list = Array.isArray(devices) ? currentFirst(devices, currentToken) : undefined;
  return (
    <Section title="Devices" intro="Where you are signed in.">
      {error && <Alert>{error}</Alert>}
      {devices === "not fresh" && (
        <Alert kind="info">You signed in a while ago. Sign out and in again to see your devices.</Alert>
      )}
      {devices === "unavailable" && <Alert>Your devices cannot be shown at the moment.</Alert>}
      {devices === undefined && <Skeleton className="h-16 w-full rounded-lg" />}
      {list && (
        <ul className="divide-y">
          {list.map(({ token, userAgent, createdAt }) => {
            const Icon = isPhone(userAgent) ? Smartphone : Monitor;
            const name = deviceName(userAgent);
            return (
              <li key={token} className="flex items-center gap-3 py-3 first:pt-0 last:pb-0">
                <Icon aria-hidden className="size-5 shrink-0 text-subtle" />
                <div className="min-w-0 flex-1">
                  <p className="truncate font-medium">{name}</p>
                  <p className="text-sm text-subtle">
                    {token === currentToken ? "This device" : `Since ${createdAt.toLocaleDateString()}`}
                  </p>
                </div>
                {token !== currentToken && (
                  <Button
                    variant="danger"
                    size="small"
                    aria-label={`Sign out ${name}`}
                    onClick={() => void end(name, () => authClient.revokeSession({ token }))}
                  >
                    Sign out
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {list && list.length > 1 && (
        <Button
          variant="outline"
          onClick={() => void end("all other devices", () => authClient.revokeOtherSessions())}
        >
          Sign out all other devices
        </Button>
      )}
    </Section>
  );
}

function currentFirst(devices: Device[], currentToken: string): Device[] {
  const age = ({ token, createdAt }: Device) => (token === currentToken ? Infinity : createdAt.getTime());
  return devices.toSorted((one, other) => age(other) - age(one));
}
