"use client";

import { type FormEvent, useRef, useState, useSyncExternalStore } from "react";
import { forgetToken } from "@/lib/access-token";

interface Answer {
  error: { message?: string | undefined; status: number } | null;
}

/**
 * One submission at a time; what the auth server says is shown, and read out by the alert. After
 * success the browser loads `target` anew, with the session's cookie.
 */
export function useAuthForm(target: string, submit: (form: FormData) => Promise<Answer>) {
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  // Before scripts run, a browser would send the form itself, and put the password into the URL.
  const isReady = useSyncExternalStore(nothingChanges, () => true, () => false);
  const isSubmitting = useRef(false);

  async function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (isSubmitting.current) return;
    isSubmitting.current = true;
    setBusy(true);
    setError(undefined);
    const failure = await attempt(() => submit(new FormData(event.currentTarget)));
    if (failure === undefined) {
      forgetToken();
      window.location.assign(target);
      return;
    }
    setError(failure);
    setBusy(false);
    isSubmitting.current = false;
  }

  return { error, isBusy: isBusy || !isReady, isSending: isBusy, onSubmit };
}

const nothingChanges = () => () => undefined;

const UNAVAILABLE = "The server cannot be reached at the moment. Please try again.";

async function attempt(submit: () => Promise<Answer>): Promise<string | undefined> {
  const { error } = await submit().catch(() => ({ error: { message: undefined, status: 503 } }));
  if (!error) return undefined;
  if (error.status >= 500 || error.status === 0) return UNAVAILABLE;
  return error.message ?? "That did not work. Please try again.";
}
