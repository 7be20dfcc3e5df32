// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, streamId, type StreamDetail } from "@tickstream/contracts-types";
import type { TickstreamClient } from "../client.ts";
import { PaymentBlockedError, SdkError } from "../errors.ts";
import { MediaIndex } from "../media/media-index.ts";
import { createPreviewSession, type PreviewSession } from "./preview-session.ts";

export interface OpenPreviewOptions {
  client: TickstreamClient;
  /** The stream, or its id. */
  stream: string | StreamDetail;
  signal?: AbortSignal | undefined;
}

/**
 * Gets ready to show the first seconds of a paid stream for nothing: no wallet, no tab, nothing stored.
 *
 * @example
 * const preview = await openPreview({ client, stream });
 * const player = await createPlayer({ video, session: preview });
 * preview.on("state", async ({ name }) => {
 *   if (name === "blocked") player.useSession(await openSession({ client, stream, wallet, limit }));
 * });
 * @throws SdkError `stream-unknown`, `stream-free`
 * @throws PaymentBlockedError `preview-over` where the node gives none
 */
export async function openPreview(options: OpenPreviewOptions): Promise<PreviewSession> {
  const { client, signal } = options;
  const [info, stream] = await Promise.all([
    client.info(),
    typeof options.stream === "string" ? client.stream(options.stream, signal) : options.stream,
  ]);
  if (stream.rate === 0n || stream.pay === null) {
    throw new SdkError("stream-free", "This stream is free: play it without a preview.");
  }
  if (stream.previewTicks === 0) throw new PaymentBlockedError("preview-over");
  const id = streamId(stream.id);
  const { socket, release } = await client.takePaySocket(stream.pay);
  return createPreviewSession({
    socket,
    media: new MediaIndex(id, bytesToHex(info.genesisHash)),
    stream: id,
    playlistUrl: client.playlistUrl(stream),
    tickMs: stream.tickMs,
    previewTicks: stream.previewTicks,
    onDispose: release,
  });
}
