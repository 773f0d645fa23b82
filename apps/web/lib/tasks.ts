import { api } from "@/lib/api";

export interface Task {
  id: string;
  title: string;
  description: string | null;
  completed: boolean;
  created_at: string;
  updated_at: string;
}

export interface TaskPage {
  items: Task[];
  total: number;
  next_cursor: string | null;
}

export type Filter = "all" | "active" | "completed";

/** The tasks of one user. */
export function tasksOf(userId: string) {
  const all = `/${encodeURIComponent(userId)}/tasks`;
  const one = (id: string) => `${all}/${encodeURIComponent(id)}`;
  return {
    list(filter: Filter, cursor?: string): Promise<TaskPage> {
      const query = new URLSearchParams({ limit: "20" });
      if (filter !== "all") query.set("completed", String(filter === "completed"));
      if (cursor) query.set("cursor", cursor);
      return api.get(`${all}?${query}`);
    },
    add: (title: string, description: string | null) => api.post<Task>(all, { title, description }),
    change: (id: string, change: { title: string; description: string | null }) => api.patch<Task>(one(id), change),
    setCompleted: (id: string, completed: boolean) => api.patch<Task>(one(id), { completed }),
    remove: (id: string) => api.delete(one(id)),
    /** For a page that is closing: nobody waits for the answer. */
    removeOnLeaving: (id: string) => void api.delete(one(id), { keepalive: true }).catch(() => undefined),
  };
}

export type TasksApi = ReturnType<typeof tasksOf>;
