// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import type { WebSocket } from "ws";
import type { Chain } from "../blocks/chain.ts";
import { DevchainError, messageOf } from "../errors.ts";
import { TransactionRefused } from "../transactions/transaction-refused.ts";
import {
  INTERNAL_ERROR,
  INVALID_PARAMS,
  INVALID_REQUEST,
  LIMIT_REACHED,
  METHOD_NOT_FOUND,
  PARSE_ERROR,
  RpcError,
} from "./rpc-error.ts";
import type { RpcContext, Subscription } from "./rpc-method.ts";
import { rpcMethods } from "./rpc-methods.ts";

const MAX_SUBSCRIPTIONS = 1_024;
const MAX_REQUESTS_RUNNING = 512;
const MAX_BATCH = 100;
/** A client that lets so much wait unread is cut off. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

/** A subscription that keeps its notifications until it is opened. */
interface HeldSubscription extends Subscription {
  open(): void;
}

type Id = string | number | null;

/** One client: its requests and its subscriptions. */
export class RpcConnection {
  readonly #socket: WebSocket;
  readonly #chain: Chain;
  readonly #subscriptions = new Map<string, () => void>();
  #running = 0;

  constructor(socket: WebSocket, chain: Chain) {
    this.#socket = socket;
    this.#chain = chain;
  }

  /** Answers until the client goes. */
  serve(): void {
    const socket = this.#socket;
    socket.on("message", (data, isBinary) => {
      this.#onMessage(isBinary ? undefined : (data as Buffer).toString()).catch((error: unknown) => {
        // Only a fault of ours ends here: the client is told by the closing.
        socket.close(1011, messageOf(error).slice(0, 100));
      });
    });
    socket.on("close", () => this.#end());
    // A protocol error closes the socket by itself.
    socket.on("error", () => this.#end());
  }

  #end(): void {
    for (const stop of this.#subscriptions.values()) stop();
    this.#subscriptions.clear();
  }

  async #onMessage(text: string | undefined): Promise<void> {
    let message: unknown;
    try {
      if (text === undefined) throw new SyntaxError("binary");
      message = JSON.parse(text);
    } catch {
      return this.#send(failure(null, new RpcError(PARSE_ERROR, "Parse error")));
    }
    if (!Array.isArray(message)) {
      const { answer, open } = await this.#answer(message);
      if (answer !== undefined) this.#send(answer);
      open();
      return;
    }
    if (message.length === 0 || message.length > MAX_BATCH) {
      return this.#send(
        failure(null, new RpcError(INVALID_REQUEST, `A batch has 1 to ${MAX_BATCH} requests`)),
      );
    }
    const outcomes = await Promise.all(message.map((request) => this.#answer(request)));
    const answers = outcomes.flatMap(({ answer }) => answer ?? []);
    if (answers.length > 0) this.#send(answers);
    for (const { open } of outcomes) open();
  }

  /** Answers one request. `open` lets the subscriptions it began speak: only the answer tells the client their ids. */
  async #answer(request: unknown): Promise<{ answer: object | undefined; open: () => void }> {
    const begun: HeldSubscription[] = [];
    const open = (): void => {
      for (const subscription of begun) subscription.open();
    };
    if (
      typeof request !== "object" ||
      request === null ||
      !("method" in request) ||
      typeof request.method !== "string"
    ) {
      return { answer: failure(null, new RpcError(INVALID_REQUEST, "Invalid Request")), open };
    }
    const given = "id" in request ? request.id : undefined;
    const id: Id = typeof given === "string" || typeof given === "number" ? given : null;
    if (this.#running >= MAX_REQUESTS_RUNNING) {
      return { answer: failure(id, new RpcError(LIMIT_REACHED, "Too many requests at once")), open };
    }
    this.#running++;
    try {
      const method = rpcMethods.get(request.method);
      if (method === undefined) throw new RpcError(METHOD_NOT_FOUND, "Method not found");
      const params = "params" in request ? (request.params ?? []) : [];
      if (!Array.isArray(params)) throw new RpcError(INVALID_PARAMS, "Invalid params: an array is needed");
      const result = (await method(params, this.#context(begun))) ?? null;
      return { answer: given === undefined ? undefined : { jsonrpc: "2.0", id, result }, open };
    } catch (error) {
      return { answer: failure(id, error), open };
    } finally {
      this.#running--;
    }
  }

  #context(begun: HeldSubscription[]): RpcContext {
    return {
      chain: this.#chain,
      subscribe: (method) => {
        const subscription = this.#subscribe(method);
        begun.push(subscription);
        return subscription;
      },
      unsubscribe: (id) => this.#unsubscribe(id),
    };
  }

  #unsubscribe(id: string): boolean {
    const stop = this.#subscriptions.get(id);
    this.#subscriptions.delete(id);
    stop?.();
    return stop !== undefined;
  }

  #subscribe(method: string): HeldSubscription {
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS)
      throw new RpcError(LIMIT_REACHED, "Too many subscriptions");
    const id = randomBytes(8).toString("hex");
    this.#subscriptions.set(id, () => undefined);
    const send = (result: unknown): void => {
      if (this.#subscriptions.has(id))
        this.#send({ jsonrpc: "2.0", method, params: { subscription: id, result } });
    };
    let held: unknown[] | undefined = [];
    return {
      id,
      notify: (result) => {
        if (held === undefined) send(result);
        else held.push(result);
      },
      open: () => {
        for (const result of held ?? []) send(result);
        held = undefined;
      },
      onEnd: (stop) => {
        // The client may have gone while the subscription was being made.
        if (this.#subscriptions.has(id)) this.#subscriptions.set(id, stop);
        else stop();
      },
      end: () => this.#unsubscribe(id),
    };
  }

  #send(message: object): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_UNREAD_BYTES) return this.#socket.terminate();
    this.#socket.send(JSON.stringify(message));
  }
}

function failure(id: Id, error: unknown): object {
  const known = error instanceof RpcError || error instanceof TransactionRefused;
  const code = known ? error.code : INTERNAL_ERROR;
  const message = known || error instanceof DevchainError ? error.message : "Internal error";
  const data = known ? error.data : undefined;
  return { jsonrpc: "2.0", id, error: data === undefined ? { code, message } : { code, message, data } };
}
