"use client";

import { useSubmit } from "@/components/use-submit";
import { forgetToken } from "@/lib/access-token";

/** A form that signs somebody in: the browser then loads `target` anew, with the session's cookie. */
export function useAuthForm(target: string, submit: Parameters<typeof useSubmit>[0]) {
  return useSubmit(submit, () => {
    forgetToken();
    window.location.assign(target);
    return undefined;
  });
}
