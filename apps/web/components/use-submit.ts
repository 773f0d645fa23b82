"use client";

import { type FormEvent, useRef, useState, useSyncExternalStore } from "react";

interface Answer {
  error: { message?: string | undefined; status: number } | null;
}

/**
 * One submission at a time; what the auth server says is shown, and read out by the alert. After
 * success `done` says what the page shows, or leads elsewhere and says nothing.
 */
export function useSubmit(submit: (form: FormData) => Promise<Answer>, done: (form: FormData) => string | undefined) {
  const [error, setError] = useState<string>();
  const [message, setMessage] = useState<string>();
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
    setMessage(undefined);
    const element = event.currentTarget;
    const form = new FormData(element);
    const failure = await attempt(() => submit(form));
    if (failure === undefined) {
      const said = done(form);
      if (said === undefined) return;
      element.reset();
      setMessage(said);
    } else {
      setError(failure);
    }
    setBusy(false);
    isSubmitting.current = false;
  }

  return { error, message, isBusy: isBusy || !isReady, isSending: isBusy, onSubmit };
}

const nothingChanges = () => () => undefined;

const UNAVAILABLE = "The server cannot be reached at the moment. Please try again.";

/** What went wrong, in words; `undefined` when nothing did. */
export async function attempt(submit: () => Promise<Answer>): Promise<string | undefined> {
  const { error } = await submit().catch(() => ({ error: { message: undefined, status: 503 } }));
  if (!error) return undefined;
  if (error.status >= 500 || error.status === 0) return UNAVAILABLE;
  return error.message ?? "That did not work. Please try again.";
}
