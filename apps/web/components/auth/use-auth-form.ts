"use client";

import { useSubmit } from "@/components/use-submit";

/** A form that signs somebody in: the browser then loads `target` anew, with the session's cookie. */
export function useAuthForm(target: string, submit: Parameters<typeof useSubmit>[0]) {
  return useSubmit(submit, () => {
    window.location.assign(target);
    return undefined;
  });
}
