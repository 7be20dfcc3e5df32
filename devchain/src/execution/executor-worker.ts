// SPDX-License-Identifier: Apache-2.0
// The thread that executes the runtime. It keeps a copy of the state, so that no storage read crosses threads.
import { parentPort } from "node:worker_threads";
import { randomBytes } from "node:crypto";
import { calculate_state_root, create_proof, run_task } from "@acala-network/chopsticks-executor";
import type { JsCallback } from "@acala-network/chopsticks-executor";
import { toHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { messageOf } from "../errors.ts";
import type {
  ExecutorReply,
  ExecutorRequest,
  ProofResult,
  RunResult,
  RuntimeCall,
} from "./executor-messages.ts";
import { ChainState, OverlayState } from "./state.ts";
import type { StateView } from "./state.ts";
import { CODE_KEY } from "./storage-keys.ts";

let state = new ChainState("", []);

function storageOf(view: StateView): JsCallback {
  return {
    getStorage: async (key) => view.get(key),
    getNextKey: async (prefix, key) => view.nextKey(prefix, key),
    offchainGetStorage: async () => undefined,
    offchainTimestamp: async () => Date.now(),
    offchainRandomSeed: async () => toHex(randomBytes(32)),
    offchainSubmitTransaction: async () => false,
  };
}

interface TaskOutcome {
  readonly Call?: { readonly result: Hex; readonly storageDiff: [Hex, Hex | null | undefined][] };
  readonly Error?: string;
}

async function run(view: StateView, calls: readonly RuntimeCall[]): Promise<RunResult> {
  const wasm = view.get(CODE_KEY);
  if (wasm === undefined) throw new Error("the state has no runtime code");
  const outcome = (await run_task(
    {
      id: 0,
      wasm,
      calls: calls.map(([method, ...parameters]) => [method, parameters]),
      mockSignatureHost: 0,
      allowUnresolvedImports: false,
      runtimeLogLevel: 0,
      storageProofSize: 0,
    },
    storageOf(view),
  )) as TaskOutcome;
  if (outcome.Call === undefined) throw new Error(outcome.Error ?? "the executor gave no answer");
  return {
    result: outcome.Call.result,
    changes: outcome.Call.storageDiff.map(([key, value]) => [key, value ?? null] as const),
  };
}

async function answer(request: ExecutorRequest): Promise<RunResult | ProofResult | Hex | undefined> {
  switch (request.kind) {
    case "load":
      state = new ChainState(request.hash, request.entries);
      return undefined;
    case "apply":
      state.apply(request.hash, request.changes);
      return undefined;
    case "run": {
      const view = state.at(request.at);
      if (view === undefined) throw new Error(`the state of block ${request.at} is not kept any more`);
      return run(
        request.overlay.length === 0 ? view : new OverlayState(view, new Map(request.overlay)),
        request.calls,
      );
    }
    case "root":
      return (await calculate_state_root(request.entries, request.version)) as Hex;
    case "proof": {
      const [root, nodes] = (await create_proof([], request.entries)) as [Hex, Hex[]];
      return { root, nodes };
    }
  }
}

const port = parentPort;
if (port === null) throw new Error("executor-worker runs as a worker thread");

async function serve(request: ExecutorRequest): Promise<void> {
  const id = "id" in request ? request.id : undefined;
  let reply: ExecutorReply;
  try {
    const value = await answer(request);
    if (id === undefined || value === undefined) return;
    reply = { id, ok: true, value };
  } catch (error) {
    if (id === undefined) throw error;
    reply = { id, ok: false, message: messageOf(error) };
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  port?.postMessage(reply);
}

// One request after the other: a state must not change under a run.
let queue: Promise<void> = Promise.resolve();
port.on("message", (request: ExecutorRequest) => {
  queue = queue.then(() => serve(request));
});
