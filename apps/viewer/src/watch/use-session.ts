// SPDX-License-Identifier: Apache-2.0
import type { PaySession, PaySessionEvents, SessionState, SessionStats } from "@tickstream/sdk";
import { useEffect, useState } from "react";

/** What the page shows of a running session. */
export interface SessionView {
  state: SessionState;
  stats: SessionStats;
  /** A new price that waits for the viewer's answer. */
  newTerms: PaySessionEvents["terms-changed"] | undefined;
  /** How many ticks were left when the tab was found to cover no further channel. */
  lowAt: number | undefined;
  /** Why the node will stop selling. */
  closing: PaySessionEvents["closing"] | undefined;
}

/** Follows a session by its events. */
export function useSession(session: PaySession): SessionView {
  const [view, setView] = useState<SessionView>(() => viewOf(session));
  useEffect(() => {
    const update = (change: Partial<SessionView> = {}) =>
      setView((last) => ({
        ...last,
        ...viewOf(session),
        newTerms: last.newTerms,
        lowAt: last.lowAt,
        closing: last.closing,
        ...change,
      }));
    const off = [
      session.on("state", (state) => update(state.name === "active" ? { newTerms: undefined } : {})),
      session.on("tick", () => update()),
      session.on("keys", () => update()),
      session.on("loss", () => update()),
      session.on("terms-changed", (newTerms) => update({ newTerms })),
      session.on("low", ({ ticksLeft }) => update({ lowAt: ticksLeft })),
      session.on("closing", (closing) => update({ closing })),
    ];
    update();
    return () => off.forEach((stop) => stop());
  }, [session]);
  return view;
}

function viewOf(session: PaySession): SessionView {
  return {
    state: session.state,
    stats: session.stats,
    newTerms: undefined,
    lowAt: undefined,
    closing: undefined,
  };
}
