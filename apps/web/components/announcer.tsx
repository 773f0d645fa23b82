"use client";

import { createContext, type ReactNode, useCallback, useContext, useState } from "react";

const Announce = createContext<(message: string) => void>(() => undefined);

/** Says what happened to people who do not see it. */
export function useAnnounce() {
  return useContext(Announce);
}

export function Announcer({ children }: { children: ReactNode }) {
  const [message, setMessage] = useState({ text: "", count: 0 });
  const announce = useCallback(
    (text: string) => setMessage(({ count }) => ({ text, count: count + 1 })),
    [],
  );
  return (
    <Announce value={announce}>
      {children}
      {/* The same words twice are two announcements: the key makes a new node. */}
      <div role="status" aria-live="polite" className="sr-only">
        <span key={message.count}>{message.text}</span>
      </div>
    </Announce>
  );
}
