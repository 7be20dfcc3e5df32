// SPDX-License-Identifier: Apache-2.0

// Everything heavy is loaded when it is first used: payment with a session, hls.js with a player, the chain client
// with a wallet. An app that plays free streams only never loads the rest.

import type { Player, PlayerOptions } from "./player/player.ts";
import type { OpenSessionOptions } from "./payment/session/open-session.ts";
import type { PaySession } from "./payment/session/pay-session.ts";
import type * as TabsModule from "./payment/tab/tabs.ts";
import type { Publisher, PublisherOptions } from "./publisher/publisher.ts";
import type { OpenPreviewOptions } from "./preview/open-preview.ts";
import type { PreviewSession } from "./preview/preview-session.ts";
import type { Reader, ReaderOptions } from "./reader/create-reader.ts";

export {
  formatAmount,
  formatReceipts,
  parseAmount,
  parseReceipts,
  planck,
  type Planck,
  type Receipt,
} from "@tickstream/contracts-types";
export * from "./client.ts";
export * from "./errors.ts";
export * from "./creator/earnings.ts";
export * from "./creator/login.ts";
export * from "./creator/register-stream.ts";
export * from "./creator/streams.ts";
export type { Events } from "./events.ts";
export { forgetVisits, listVisits } from "./history/history.ts";
export * from "./payment/channel/channels.ts";
export { estimateFee, type WalletAction } from "./payment/estimate-fee.ts";
export type * from "./payment/session/open-session.ts";
export type * from "./payment/session/pay-session.ts";
export { resumableRest } from "./payment/channel/resumable-channels.ts";
export type * from "./payment/session-key.ts";
export type * from "./payment/session-store.ts";
export { replaceSessionKey } from "./payment/tab/replace-session-key.ts";
export type { ListTabsOptions, OpenTabOptions, TabSummary } from "./payment/tab/tabs.ts";
export { takeBackTab, type TakenBack } from "./payment/tab/take-back-tab.ts";
export { MAX_TIP_NOTE_BYTES, tip, type Tip, type TipOptions } from "./payment/tip.ts";
export {
  createAudioMixer,
  type AudioLevel,
  type AudioMixer,
  type MixerInput,
} from "./publisher/audio-mixer.ts";
export * from "./publisher/capture.ts";
export { DEFAULT_ENCODING, type Encoding } from "./publisher/encoding.ts";
export type { CaptureSource, PublishSource } from "./publisher/open-source.ts";
export {
  composePictureInPicture,
  type Corner,
  type PictureInPicture,
  type PictureInPictureLayout,
  type PictureInPictureOptions,
} from "./publisher/picture-in-picture.ts";
export { PublishError, type PublishErrorCode } from "./publisher/publish-error.ts";
export type { PublishStats } from "./publisher/publish-stats.ts";
export type * from "./publisher/publisher.ts";
export type * from "./player/player.ts";
export type * from "./preview/open-preview.ts";
export type { PreviewEvents, PreviewSession } from "./preview/preview-session.ts";
export type * from "./reader/create-reader.ts";
export { listReceipts, receiptOf } from "./receipts/list-receipts.ts";
export { locateReceipt } from "./receipts/locate-receipt.ts";
export { receiptsToCsv } from "./receipts/receipts-to-csv.ts";
export { verifyReceiptOnChain, type ReceiptOnChain } from "./receipts/verify-receipt-on-chain.ts";
export { verifyReceipt, type ReceiptVerdict } from "./receipts/verify-receipt.ts";
export { follow, listFollows, unfollow } from "./viewer/follows.ts";
export type * from "./wallet.ts";
export { connectWallet, type ConnectedWallet, type ConnectWalletOptions } from "./wallet/connect-wallet.ts";
export type { TransactionOptions, TransactionStep } from "./wallet/follow-transaction.ts";
export { listWallets, type WalletInfo } from "./wallet/list-wallets.ts";
export type { WalletAccount } from "./wallet/wallet-accounts.ts";
export { WalletError, type WalletErrorCode } from "./wallet/wallet-error.ts";

/** See {@link import("./payment/session/open-session.ts").openSession}. */
export async function openSession(options: OpenSessionOptions): Promise<PaySession> {
  return (await import("./payment/session/open-session.ts")).openSession(options);
}

/** See {@link import("./preview/open-preview.ts").openPreview}. */
export async function openPreview(options: OpenPreviewOptions): Promise<PreviewSession> {
  return (await import("./preview/open-preview.ts")).openPreview(options);
}

/** See {@link import("./player/create-player.ts").createPlayer}. */
export async function createPlayer(options: PlayerOptions): Promise<Player> {
  return (await import("./player/create-player.ts")).createPlayer(options);
}

/** See {@link import("./publisher/create-publisher.ts").createPublisher}. */
export async function createPublisher(options: PublisherOptions): Promise<Publisher> {
  return (await import("./publisher/create-publisher.ts")).createPublisher(options);
}

/** See {@link import("./reader/create-reader.ts").createReader}. */
export async function createReader(options: ReaderOptions): Promise<Reader> {
  return (await import("./reader/create-reader.ts")).createReader(options);
}

type Tabs = typeof TabsModule;

/** See {@link import("./payment/tab/tabs.ts").openTab}. */
export async function openTab(...parameters: Parameters<Tabs["openTab"]>): ReturnType<Tabs["openTab"]> {
  return (await import("./payment/tab/tabs.ts")).openTab(...parameters);
}

/** See {@link import("./payment/tab/tabs.ts").topUpTab}. */
export async function topUpTab(...parameters: Parameters<Tabs["topUpTab"]>): ReturnType<Tabs["topUpTab"]> {
  return (await import("./payment/tab/tabs.ts")).topUpTab(...parameters);
}

/** See {@link import("./payment/tab/tabs.ts").closeTab}. */
export async function closeTab(...parameters: Parameters<Tabs["closeTab"]>): ReturnType<Tabs["closeTab"]> {
  return (await import("./payment/tab/tabs.ts")).closeTab(...parameters);
}

/** See {@link import("./payment/tab/tabs.ts").listTabs}. */
export async function listTabs(...parameters: Parameters<Tabs["listTabs"]>): ReturnType<Tabs["listTabs"]> {
  return (await import("./payment/tab/tabs.ts")).listTabs(...parameters);
}
