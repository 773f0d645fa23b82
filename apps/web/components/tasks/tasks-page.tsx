"use client";

import { useEffect } from "react";
import { TaskBoard } from "@/components/tasks/task-board";
import { TaskSkeletons } from "@/components/tasks/task-skeletons";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { authClient } from "@/lib/auth-client";
import type { Filter } from "@/lib/tasks";
import { sessionIsOver } from "@/lib/session-end";

/** The list of whoever is signed in. A session that is over leads to the login page and back. */
export function TasksPage({ filter }: { filter: Filter }) {
  const { data, isPending, error, refetch } = authClient.useSession();
  const isOver = !isPending && !data && (!error || error.status === 401);

  useEffect(() => {
    if (isOver) sessionIsOver("expired");
  }, [isOver]);

  return (
    <div className="mx-auto w-full max-w-2xl px-4 pt-10 pb-32 sm:px-6 sm:pt-14">
      <h1 className="font-display text-4xl tracking-tight">
        {data?.user.name ? `${firstName(data.user.name)}’s tasks` : "Your tasks"}
      </h1>
      {data ? (
        // Another filter is another list: it starts anew.
        <TaskBoard key={`${data.user.id} ${filter}`} userId={data.user.id} filter={filter} />
      ) : error && !isOver ? (
        <div className="mt-8 space-y-4">
          <Alert>The server cannot be reached at the moment.</Alert>
          <Button variant="outline" onClick={() => refetch()}>
            Try again
          </Button>
        </div>
      ) : (
        <TaskSkeletons />
      )}
    </div>
  );
}

function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] ?? name;
}
