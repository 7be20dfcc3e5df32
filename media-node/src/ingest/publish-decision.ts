// SPDX-License-Identifier: Apache-2.0
import type { PublisherInfo, PublisherSink } from "../media/publisher.ts";

/** Somebody wants to publish. */
export interface PublishRequest {
  /** Of `rtmp://host/<app>`; left out by protocols that have none. */
  app?: string;
  /** The stream key, or what the protocol takes in its place. A secret: never log it. */
  key: string;
  /** The stream's id, where the protocol names it besides. */
  stream?: string | undefined;
  /** The peer's network address. */
  address: string;
}

/** What ingest needs of a stream; a `LiveStream` fits. */
export interface PublishableStream {
  id: string;
  /** Whether its seconds are sold: then it can take only what LL-HLS carries. */
  readonly sold: boolean;
  openPublisher(info: PublisherInfo): Promise<PublisherSink>;
}

/** Whether they may, and to which stream. */
export type PublishDecision =
  | { ok: true; stream: PublishableStream }
  /** `later`: nobody could say now, so that trying again makes sense. */
  | { ok: false; reason: string; later?: true };

/** Decides; may ask a database. */
export type AuthorizePublish = (request: PublishRequest) => Promise<PublishDecision>;
