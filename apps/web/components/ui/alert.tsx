import { CircleAlert, Info } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

/** A message that stays until it is dealt with. An error is read out at once. */
export function Alert({ kind = "error", children }: { kind?: "error" | "info"; children: ReactNode }) {
  const Icon = kind === "error" ? CircleAlert : Info;
  return (
    <div
      role={kind === "error" ? "alert" : "status"}
      className={cn(
        "flex items-start gap-2.5 rounded-lg px-3.5 py-3 text-sm",
        kind === "error" ? "bg-danger-soft text-danger" : "bg-accent-soft",
      )}
    >
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
