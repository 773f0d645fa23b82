import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

const FIELD =
  "w-full rounded-lg border border-line-strong bg-surface px-3.5 text-base placeholder:text-subtle aria-invalid:border-danger sm:text-sm";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(FIELD, "h-11", className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea className={cn(FIELD, "py-2.5", className)} {...props} />;
}
