// SPDX-License-Identifier: Apache-2.0
import type { Planck, StreamDetail } from "@tickstream/contracts-types";
import type { PaySession, Player, PlayerState, SessionStats } from "@tickstream/sdk";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useWallet } from "../wallet/wallet-context.tsx";
import type { TabMoney } from "./payments.ts";

/** Where somebody stands with one stream. */
type WatchPhase =
  | { name: "idle" }
  | { name: "starting"; step: string }
  | { name: "watching"; session: PaySession; stopping: boolean }
  | { name: "stopped"; stats: SessionStats; tickMs: number };

export interface Watch {
  phase: WatchPhase;
  /** What the player is doing, while there is one. */
  player: PlayerState | undefined;
  /** The browser plays no sound before a click on the page: that click. */
  unmute: (() => void) | undefined;
  /** The last thing that failed. */
  error: unknown;
  /** What the account's tabs on this device have; null where it has none, undefined while unknown. */
  tab: TabMoney | null | undefined;
  start: (choice: { deposit: Planck | undefined; limit: Planck }) => Promise<void>;
  stop: () => Promise<void>;
  /** Adds to the tab of a running session, which then goes on. */
  topUp: (amount: Planck) => Promise<void>;
  /** What a top-up is doing, while it is. */
  toppingUp: string | undefined;
  /** Closes the tab, so that what is left returns to the wallet. */
  refund: () => Promise<void>;
  /** What a refund is doing, while it is; how it went, after. */
  refunding: { step?: string; returned?: Planck };
  /** Plays a free stream: nothing to agree to. */
  playFree: () => Promise<void>;
}

/** Something that plays, and how to end it. */
interface Running {
  abort: AbortController;
  end?: () => Promise<void>;
}

const TAB_REFRESH_MS = 6_000;

/** The payment side is loaded when somebody has connected a wallet. */
const loadPayments = async () => (await import("./payments.ts")).payments;

function mute(video: HTMLVideoElement | null, muted: boolean): void {
  if (video) video.muted = muted;
}

/** Everything a viewer does with one stream, from the first click to the money that comes back. */
export function useWatch(stream: StreamDetail, video: RefObject<HTMLVideoElement | null>): Watch {
  const { wallet, address } = useWallet();
  const [phase, setPhase] = useState<WatchPhase>({ name: "idle" });
  const [error, setError] = useState<unknown>();
  const [refunding, setRefunding] = useState<Watch["refunding"]>({});
  const [player, setPlayer] = useState<PlayerState>();
  const [toppingUp, setToppingUp] = useState<string>();
  const [muted, setMuted] = useState(false);
  const queries = useQueryClient();
  const running = useRef<Running | undefined>(undefined);

  const tab = useQuery({
    queryKey: ["tab", address],
    enabled: wallet !== undefined && address !== undefined,
    queryFn: async () => (await loadPayments()).tabOf(address ?? ""),
    // What a settlement frees shows by itself.
    refetchInterval: phase.name === "watching" ? false : TAB_REFRESH_MS,
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

  const follow = useCallback(
    (made: Player, element: HTMLVideoElement) => {
      setPlayer(made.state);
      made.on("state", setPlayer);
      // Its `error` events are of what it mends by itself, or what the state tells.
      made.on("autoplay-refused", () => {
        mute(element, true);
        setMuted(true);
        void element.play();
      });
    },
    [setPlayer],
  );

  const start = useCallback<Watch["start"]>(
    async ({ deposit, limit }) => {
      const element = video.current;
      if (!wallet || !address || !element) return;
      const abort = new AbortController();
      running.current = { abort };
      setError(undefined);
      setRefunding({});
      setPhase({ name: "starting", step: "Preparing…" });
      try {
        const session = await (
          await loadPayments()
        ).openSession({
          stream: stream.id,
          wallet: { address, signer: wallet.signerOf(address) },
          deposit,
          limit,
          signal: abort.signal,
          onStep: (step) => setPhase((now) => (now.name === "starting" ? { name: "starting", step } : now)),
        });
        if (abort.signal.aborted) {
          await session.dispose();
          return;
        }
        running.current.end = () => session.dispose();
        const { createPlayer } = await import("./payments.ts");
        const made = await createPlayer({ video: element, session });
        running.current.end = async () => {
          await made.dispose();
          await session.dispose();
        };
        if (abort.signal.aborted) {
          await running.current.end();
          return;
        }
        follow(made, element);
        setPhase({ name: "watching", session, stopping: false });
      } catch (cause) {
        await running.current?.end?.();
        if (abort.signal.aborted) return;
        running.current = undefined;
        setError(cause);
        setPhase({ name: "idle" });
      } finally {
        void refreshTab();
      }
    },
    [wallet, address, video, stream.id, refreshTab, follow],
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
    setPlayer(undefined);
    setMuted(false);
    setPhase({ name: "stopped", stats, tickMs });
    void refreshTab();
  }, [phase, refreshTab]);

  const topUp = useCallback(
    async (amount: Planck) => {
      if (phase.name !== "watching" || !wallet || !address) return;
      setError(undefined);
      setToppingUp("Preparing…");
      try {
        const payer = { address, signer: wallet.signerOf(address) };
        await (await loadPayments()).topUp({ wallet: payer, amount, onStep: setToppingUp });
        phase.session.retry();
      } catch (cause) {
        setError(cause);
      } finally {
        setToppingUp(undefined);
        void refreshTab();
      }
    },
    [phase, wallet, address, refreshTab],
  );

  const refund = useCallback(async () => {
    if (!wallet || !address) return;
    setError(undefined);
    setRefunding({ step: "Preparing…" });
    try {
      const payer = { address, signer: wallet.signerOf(address) };
      const returned = await (
        await loadPayments()
      ).closeTabs({ wallet: payer, onStep: (step) => setRefunding({ step }) });
      setRefunding({ returned });
    } catch (cause) {
      setError(cause);
      setRefunding({});
    } finally {
      void refreshTab();
    }
  }, [wallet, address, refreshTab]);

  const playFree = useCallback(async () => {
    const element = video.current;
    if (!element || running.current) return;
    const abort = new AbortController();
    running.current = { abort };
    try {
      const { createPlayer } = await import("@tickstream/sdk");
      const playlistUrl = new URL(stream.playback.hls, location.origin).href;
      const made = await createPlayer({ video: element, playlistUrl });
      if (abort.signal.aborted) {
        await made.dispose();
        return;
      }
      running.current = { abort, end: () => made.dispose() };
      follow(made, element);
    } catch (cause) {
      running.current = undefined;
      setError(cause);
    }
  }, [video, stream.playback.hls, follow]);

  const unmute = muted
    ? () => {
        mute(video.current, false);
        setMuted(false);
      }
    : undefined;
  return {
    phase,
    player,
    unmute,
    error,
    tab: tab.data,
    start,
    stop,
    topUp,
    toppingUp,
    refund,
    refunding,
    playFree,
  };
}
