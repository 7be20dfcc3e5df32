// SPDX-License-Identifier: Apache-2.0
import { WsProvider } from "@polkadot/rpc-provider/ws";
import { ChainConnectionError, ChainRequestError } from "../errors.ts";
import { Listeners, type Unsubscribe } from "./listeners.ts";
import { withTimeout } from "./timeout.ts";

/** Whether the chain can be asked now. */
export type ConnectionState = "connected" | "disconnected";

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
const HEARTBEAT_MS = 10_000;

/**
 * A socket to a chain's RPC that comes back by itself. `WsProvider` does the protocol; its own reconnecting is
 * off, since it leaves a timer behind after `disconnect` and can't tell a silent peer from a quiet one.
 */
export class Connection {
  readonly provider: WsProvider;
  readonly #timeoutMs: number;
  readonly #states = new Listeners<ConnectionState>();
  #retryMs = FIRST_RETRY_MS;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #closed = false;
  /** Why the chain at this address is not to be used. */
  #refusal: Error | null = null;

  constructor(urls: string[], timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    // No cache (capacity 0): what this package asks for twice, it keeps itself.
    this.provider = new WsProvider(urls, false, {}, timeoutMs, 0);
    this.provider.on("connected", () => {
      this.#retryMs = FIRST_RETRY_MS;
      this.#refusal = null;
      this.#startHeartbeat();
      this.#states.announce("connected");
    });
    this.provider.on("disconnected", () => {
      this.#stopHeartbeat();
      this.#states.announce("disconnected");
      this.#retryLater();
    });
    // A failing socket also closes: "disconnected" deals with it.
    this.provider.on("error", () => {});
  }

  get state(): ConnectionState {
    return this.provider.isConnected && this.#refusal === null ? "connected" : "disconnected";
  }

  /** Whether {@link Connection.close} was called. */
  get closed(): boolean {
    return this.#closed;
  }

  onState(listener: (state: ConnectionState) => void): Unsubscribe {
    return this.#states.add(listener);
  }

  /** Begins to connect; what comes of it is announced. */
  open(): void {
    this.provider.connect().catch(() => this.#retryLater());
  }

  /**
   * Asks the chain.
   *
   * @throws ChainConnectionError where it can't be reached or gives no answer in time, ChainRequestError where
   *   the answer is an error
   */
  async request<T>(method: string, params: unknown[] = []): Promise<T> {
    this.#check();
    const late = () => new ChainConnectionError("chain-timeout", { details: method });
    try {
      return await withTimeout(this.provider.send<T>(method, params), this.#timeoutMs, late);
    } catch (error) {
      throw this.#typed(method, error);
    }
  }

  /** Subscribes; `onUpdate` gets what the chain announces. The answer is the subscription's id. */
  async subscribe(
    type: string,
    method: string,
    params: unknown[],
    onUpdate: (update: unknown) => void,
  ): Promise<string | number> {
    this.#check();
    const late = () => new ChainConnectionError("chain-timeout", { details: method });
    const callback = (error: Error | null, update: unknown) => {
      if (error === null) onUpdate(update);
    };
    try {
      return await withTimeout(
        this.provider.subscribe(type, method, params, callback),
        this.#timeoutMs,
        late,
      );
    } catch (error) {
      throw this.#typed(method, error);
    }
  }

  /** Ends a subscription, if there still is one. */
  async unsubscribe(type: string, method: string, id: string | number): Promise<void> {
    try {
      await withTimeout(
        this.provider.unsubscribe(type, method, id),
        this.#timeoutMs,
        () => new ChainConnectionError("chain-timeout", { details: method }),
      );
    } catch {
      // The subscription ends with its socket at the latest.
    }
  }

  /** Lets nobody use the chain that answers now. Another connection is tried later, in case the right one returns. */
  refuse(reason: Error): void {
    this.#refusal = reason;
    this.#retryMs = LAST_RETRY_MS;
    this.provider.disconnect().catch(() => {});
  }

  /** Closes for good and leaves no timer. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#stopHeartbeat();
    const gone = new Promise<void>((resolve) => {
      if (!this.provider.isConnected) resolve();
      else this.provider.on("disconnected", resolve);
    });
    await this.provider.disconnect();
    // A peer that does not answer the closing handshake must not hold up whoever stops.
    await withTimeout(gone, 1_000, () => new ChainConnectionError("chain-timeout")).catch(() => {});
  }

  #check(): void {
    if (this.#closed) throw new ChainConnectionError("chain-closed");
    if (this.#refusal !== null) throw this.#refusal;
    if (!this.provider.isConnected) throw new ChainConnectionError("chain-unreachable");
  }

  #typed(method: string, error: unknown): Error {
    if (error instanceof ChainConnectionError) return error;
    if (!this.provider.isConnected) return new ChainConnectionError("chain-unreachable", { cause: error });
    return new ChainRequestError(method, error);
  }

  #retryLater(): void {
    if (this.#closed) return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.open(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  /** A peer that vanished without a word is noticed by its silence. */
  #startHeartbeat(): void {
    this.#stopHeartbeat();
    this.#heartbeat = setInterval(() => {
      this.request("system_health").catch((error: unknown) => {
        if (error instanceof ChainConnectionError && error.code === "chain-timeout" && !this.#closed) {
          this.provider.disconnect().catch(() => {});
        }
      });
    }, HEARTBEAT_MS);
  }

  #stopHeartbeat(): void {
    clearInterval(this.#heartbeat);
  }
}
