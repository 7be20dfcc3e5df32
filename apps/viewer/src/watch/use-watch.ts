// SPDX-License-Identifier: Apache-2.0
import type { Planck, StreamDetail } from "@tickstream/contracts-types";
import type { PaySession, SessionStats } from "@tickstream/sdk";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useWallet } from "../wallet/wallet-context.tsx";
import type { Payments } from "./payments.ts";

/** Where somebody stands with one stream. */
export type WatchPhase =
  | { name: "idle" }
  | { name: "starting"; step: string }
  | { name: "watching"; session: PaySession; stopping: boolean }
  | { name: "stopped"; stats: SessionStats; tickMs: number };

export interface Watch {
  phase: WatchPhase;
  /** The last thing that failed. */
  error: unknown;
  /** What the account's tab on this device has free; null where it has none, undefined while unknown. */
  tabFree: Planck | null | undefined;
  start(choice: { deposit: Planck | undefined; limit: Planck }): Promise<void>;
  stop(): Promise<void>;
  /** Closes the tab, so that what is left returns to the wallet. */
  refund(): Promise<void>;
  /** What a refund is doing, while it is; how it went, after. */
  refunding: { step?: string; returned?: Planck };
  /** Plays a free stream: nothing to agree to. */
  playFree(): Promise<void>;
}

/** The payment side is loaded once a page, when somebody connects or comes back to a stopped stream. */
let loading: Promise<Payments> | undefined;
function loadPayments(): Promise<Payments> {
  loading ??= import("./payments.ts").then(({ openPayments }) => openPayments());
  loading.catch(() => (loading = undefined));
  return loading;
}

/** Everything a viewer does with one stream, from the first click to the money that comes back. */
export function useWatch(stream: StreamDetail, video: RefObject<HTMLVideoElement | null>): Watch {
  const { wallet, address } = useWallet();
  const [phase, setPhase] = useState<WatchPhase>({ name: "idle" });
  const [error, setError] = useState<unknown>();
  const [refunding, setRefunding] = useState<Watch["refunding"]>({});
  const queries = useQueryClient();
  const running = useRef<{ abort: AbortController; end?: () => Promise<void> } | undefined>(undefined);

  const tab = useQuery({
    queryKey: ["tab", address],
    enabled: wallet !== undefined && address !== undefined,
    queryFn: async () => {
      const found = await (await loadPayments()).tabOf(address ?? "");
      return found === null ? null : found.free;
    },
  });
  const refreshTab = useCallback(() => queries.invalidateQueries({ queryKey: ["tab"] }), [queries]);

  // Leaving the page stops at once; the channel stays for the next visit.
  useEffect(() => {
    return () => {
      running.current?.abort.abort();
      void running.current?.end?.();
      running.current = undefined;
    };
  }, []);

  const start = useCallback<Watch["start"]>(
    async ({ deposit, limit }) => {
      if (!wallet || !address || !video.current) return;
      const abort = new AbortController();
      running.current = { abort };
      setError(undefined);
      setRefunding({});
      setPhase({ name: "starting", step: "Preparing…" });
      try {
        const payments = await loadPayments();
        const session = await payments.openSession({
          stream: stream.id,
          address,
          signer: wallet.signerOf(address),
          deposit,
          limit,
          signal: abort.signal,
          onStep: (step) => setPhase((now) => (now.name === "starting" ? { name: "starting", step } : now)),
        });
        if (abort.signal.aborted || !video.current) return void (await session.dispose());
        const player = await payments.play(video.current, { session });
        running.current = {
          abort,
          end: async () => {
            await player.dispose();
            await session.dispose();
          },
        };
        player.onError((cause) => setError(cause));
        setPhase({ name: "watching", session, stopping: false });
      } catch (cause) {
        if (abort.signal.aborted) return;
        running.current = undefined;
        setError(cause);
        setPhase({ name: "idle" });
      } finally {
        void refreshTab();
      }
    },
    [wallet, address, video, stream.id, refreshTab],
  );

  const stop = useCallback(async () => {
    if (phase.name !== "watching") return;
    const { session } = phase;
    setPhase({ ...phase, stopping: true });
    try {
      await session.leave();
    } catch (cause) {
      setError(cause); // the node settles all the same when it sees that nobody pays
    }
    const { stats, tickMs } = session;
    await running.current?.end?.();
    running.current = undefined;
    setPhase({ name: "stopped", stats, tickMs });
    void refreshTab();
  }, [phase, refreshTab]);

  const refund = useCallback(async () => {
    if (!wallet || !address) return;
    setError(undefined);
    setRefunding({ step: "Preparing…" });
    try {
      const returned = await (
        await loadPayments()
      ).closeTab({
        address,
        signer: wallet.signerOf(address),
        onStep: (step) => setRefunding({ step }),
      });
      setRefunding({ returned });
    } catch (cause) {
      setError(cause);
      setRefunding({});
    } finally {
      void refreshTab();
    }
  }, [wallet, address, refreshTab]);

  const playFree = useCallback(async () => {
    if (!video.current || running.current) return;
    const abort = new AbortController();
    running.current = { abort };
    try {
      const { playFreeStream } = await import("./free-player.ts");
      if (abort.signal.aborted || !video.current) return;
      const player = await playFreeStream(video.current, stream.playback.hls);
      running.current = { abort, end: () => player.dispose() };
      player.onError((cause) => setError(cause));
    } catch (cause) {
      running.current = undefined;
      setError(cause);
    }
  }, [video, stream.playback.hls]);

  return { phase, error, tabFree: tab.data, start, stop, refund, refunding, playFree };
}
