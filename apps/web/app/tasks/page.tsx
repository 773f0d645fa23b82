import type { Metadata } from "next";
import { TasksPage } from "@/components/tasks/tasks-page";
import type { Filter } from "@/lib/tasks";

export const metadata: Metadata = { title: "Your tasks" };

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function Tasks({ searchParams }: { searchParams: Query }) {
  const { filter } = await searchParams;
  const chosen: Filter = filter === "active" || filter === "completed" ? filter : "all";
  return <TasksPage filter={chosen} />;
}
