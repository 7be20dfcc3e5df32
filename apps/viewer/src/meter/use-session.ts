// SPDX-License-Identifier: Apache-2.0
import type { PaySession, PaySessionEvents, SessionState, SessionStats } from "@tickstream/sdk";
import { useEffect, useState } from "react";

/** What the page shows of a running session. */
export interface SessionView {
  state: SessionState;
  stats: SessionStats;
  /** A new price that waits for the viewer's answer. */
  newTerms: PaySessionEvents["terms-changed"] | undefined;
  /** How many ticks were left when it was found that money runs low. */
  lowAt: number | undefined;
  /** Why the node will stop selling. */
  closing: PaySessionEvents["closing"] | undefined;
}

/** Follows a session by its events. */
export function useSession(session: PaySession): SessionView {
  const [view, setView] = useState<SessionView>(() => ({ ...figuresOf(session), ...NOTHING_SAID }));
  useEffect(() => {
    const update = (change: Partial<SessionView> = {}) =>
      setView((last) => ({ ...last, ...figuresOf(session), ...change }));
    const off = [
      session.on("state", (state) => update(state.name === "active" ? { newTerms: undefined } : {})),
      session.on("tick", () => update()),
      session.on("keys", () => update()),
      session.on("loss", () => update()),
      session.on("terms-changed", (newTerms) => update({ newTerms })),
      session.on("low", ({ ticksLeft }) => update({ lowAt: ticksLeft })),
      session.on("closing", (closing) => update({ closing })),
    ];
    return () => off.forEach((stop) => stop());
  }, [session]);
  return view;
}

const NOTHING_SAID = { newTerms: undefined, lowAt: undefined, closing: undefined };

function figuresOf(session: PaySession): Pick<SessionView, "state" | "stats"> {
  return { state: session.state, stats: session.stats };
}
