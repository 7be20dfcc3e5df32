// SPDX-License-Identifier: Apache-2.0
import type { CreateStreamRequest, StreamDetail } from "@tickstream/contracts-types";
import {
  beginLogin,
  createStream,
  type CreatorLogin,
  type LoginByRegistration,
  registerStream,
  SdkError,
  type StreamPrice,
  type TickstreamClient,
  type TransactionStep,
  type Wallet,
} from "@tickstream/sdk";

/** Where the setting up of a stream is. */
export type SetUpStep = { name: "sign-in" } | { name: "register"; step: TransactionStep } | { name: "offer" };

type Description = Omit<CreateStreamRequest, "chainStream" | "free">;

interface SetUpOptions {
  client: TickstreamClient;
  wallet: Wallet;
  /** Of somebody who is signed in already. */
  login: CreatorLogin | undefined;
  /** Asks for a signature under a message. */
  signIn: () => Promise<CreatorLogin>;
  /** Who signed a registration is signed in. */
  onLogin: (login: CreatorLogin) => void;
  description: Description;
  /** `null`: free. */
  price: StreamPrice | null;
  /** The stream's id on the chain where an attempt before got that far: it is not registered twice. */
  registered: bigint | undefined;
  onRegistered: (stream: bigint) => void;
  onStep: (step: SetUpStep) => void;
}

/**
 * Takes a described, priced stream to where it can be published, by one signature: a paid stream's registration signs the
 * login too, a free one needs the login's alone.
 */
export async function setUpStream(
  options: SetUpOptions,
): Promise<{ stream: StreamDetail; streamKey: string }> {
  const { client, description, price, onStep } = options;
  const { stream, login } = price
    ? await register(options, price)
    : { stream: null, login: options.login ?? (await signIn(options)) };
  onStep({ name: "offer" });
  const request =
    stream === null
      ? { ...description, free: true as const }
      : { ...description, chainStream: stream.toString() };
  return createStream({ client, login, request });
}

/** Puts the stream on the chain, unless an attempt before did, and signs in by that where nobody is. */
async function register(
  options: SetUpOptions,
  price: StreamPrice,
): Promise<{ stream: bigint; login: CreatorLogin }> {
  const { client, wallet, registered, onStep } = options;
  if (registered !== undefined) {
    return { stream: registered, login: options.login ?? (await signIn(options)) };
  }
  const pending = options.login ? null : await beginLogin({ client, address: wallet.address });
  const { stream } = await registerStream({
    client,
    wallet,
    ...price,
    ...(pending && { metadata: pending.mark }),
    onStep: (step) => onStep({ name: "register", step }),
  });
  options.onRegistered(stream);
  return { stream, login: options.login ?? (await complete(options, pending, stream)) };
}

/** Whoever took their time to sign outlived the challenge: they sign a message after all. */
async function complete(
  options: SetUpOptions,
  pending: LoginByRegistration | null,
  stream: bigint,
): Promise<CreatorLogin> {
  try {
    if (pending) {
      const login = await pending.complete(stream);
      options.onLogin(login);
      return login;
    }
  } catch (error) {
    if (!(error instanceof SdkError) || error.code !== "challenge-invalid") throw error;
  }
  return signIn(options);
}

function signIn({ onStep, signIn: ask }: SetUpOptions): Promise<CreatorLogin> {
  onStep({ name: "sign-in" });
  return ask();
}
