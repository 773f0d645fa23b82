import type { Metadata } from "next";
import { AccountPage } from "@/components/account/account-page";
import { emailNotice } from "@/lib/notices";

export const metadata: Metadata = { title: "Your account" };

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function Account({ searchParams }: { searchParams: Query }) {
  const { email, error } = await searchParams;
  return <AccountPage notice={emailNotice(email)} linkFailed={error !== undefined} />;
}
