import type { Metadata } from "next";
import { ResetPasswordForm } from "@/components/auth/reset-password-form";

/** The address of this page holds a secret: it is told to nobody. */
export const metadata: Metadata = { title: "New password", referrer: "no-referrer" };

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function ResetPassword({ searchParams }: { searchParams: Query }) {
  const { token } = await searchParams;
  return <ResetPasswordForm token={typeof token === "string" ? token : undefined} />;
}
