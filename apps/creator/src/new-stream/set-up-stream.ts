// SPDX-License-Identifier: Apache-2.0
import type { CreateStreamRequest, StreamDetail } from "@tickstream/contracts-types";
import {
  createStream,
  type CreatorLogin,
  registerStream,
  type StreamPrice,
  type TickstreamClient,
  type TransactionStep,
  type Wallet,
} from "@tickstream/sdk";

/** Where the setting up of a stream is. */
export type SetUpStep = { name: "sign-in" } | { name: "register"; step: TransactionStep } | { name: "offer" };

type Description = Omit<CreateStreamRequest, "chainStream" | "free">;

/**
 * Takes a described, priced stream to where it can be published. Signing in comes first: a stream that was paid for on
 * the chain must not fail for a message that was not signed.
 *
 * @param registered the stream's id on the chain where an attempt before got that far: it is not registered twice
 */
export async function setUpStream(options: {
  client: TickstreamClient;
  wallet: Wallet;
  signIn: () => Promise<CreatorLogin>;
  description: Description;
  /** `null`: free. */
  price: StreamPrice | null;
  registered: bigint | undefined;
  onRegistered: (stream: bigint) => void;
  onStep: (step: SetUpStep) => void;
}): Promise<{ stream: StreamDetail; streamKey: string }> {
  const { client, wallet, signIn, description, price, onStep } = options;
  onStep({ name: "sign-in" });
  const login = await signIn();
  let { registered } = options;
  if (price && registered === undefined) {
    const { stream } = await registerStream({
      client,
      wallet,
      ...price,
      onStep: (step) => onStep({ name: "register", step }),
    });
    registered = stream;
    options.onRegistered(stream);
  }
  onStep({ name: "offer" });
  const request =
    registered === undefined
      ? { ...description, free: true as const }
      : { ...description, chainStream: registered.toString() };
  return createStream({ client, login, request });
}
