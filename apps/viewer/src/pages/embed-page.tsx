// SPDX-License-Identifier: Apache-2.0
import "@tickstream/ui/more-styles";
import { Button, Text } from "@mantine/core";
import type { NodeInfo, StreamDetail } from "@tickstream/contracts-types";
import { explainProblem, Loading, useFormat, useNode, usePageTitle, useT } from "@tickstream/ui";
import { useParams } from "react-router";
import { Stage } from "../player/stage.tsx";
import { useCover } from "../watch/cover.tsx";
import { PreviewBadge } from "../watch/preview-badge.tsx";
import { isOnAir, useFreeStart } from "../watch/use-free-start.ts";
import { usePlaybackChoice } from "../watch/use-playback-choice.ts";
import { useStream } from "../watch/use-stream.ts";
import { useWatch } from "../watch/use-watch.ts";

/**
 * The player alone, for another site's frame. A free stream plays; of a paid one the preview does, and then it leads to the
 * node's own page: nobody should sign for money in a frame of a site they don't know.
 */
export default function EmbedPage() {
  const { id = "" } = useParams();
  const t = useT();
  const stream = useStream(id);
  const node = useNode();
  usePageTitle(stream.data?.title);
  const failed = stream.error ?? node.error;
  return (
    <main className="embed">
      {stream.data && node.data && <EmbeddedStream key={id} stream={stream.data} node={node.data} />}
      {(!stream.data || !node.data) && (
        <div className="stage">
          <div className="stage-cover">
            {failed ? (
              <Text role="alert">{explainProblem(failed, t).title}</Text>
            ) : (
              <Loading color="gray.0" />
            )}
          </div>
        </div>
      )}
    </main>
  );
}

function EmbeddedStream({ stream, node }: { stream: StreamDetail; node: NodeInfo }) {
  const t = useT();
  const format = useFormat();
  const choice = usePlaybackChoice();
  const { watch, state, attach } = useWatch(choice);
  const cover = useCover(stream, watch, state);
  const free = stream.pay === null;
  useFreeStart(stream, watch, choice);

  const shows = state.player !== undefined && state.playerState?.name !== "blocked";
  const way = (
    <>
      <Text fw={650}>{stream.title}</Text>
      <Text size="sm">{format.perMinute(stream.rate, stream.tickMs, node.token)}</Text>
      <Button
        component="a"
        className="on-picture"
        href={`/watch/${stream.id}`}
        target="_blank"
        rel="noopener"
      >
        {t("viewer.embed-watch", { node: location.host })}
      </Button>
    </>
  );
  return (
    <Stage
      attach={attach}
      stream={stream}
      player={state.player}
      choice={choice}
      cover={free || shows || !isOnAir(stream) ? cover : way}
      corner={state.phase.name === "preview" && shows && <PreviewBadge session={state.phase.session} />}
    />
  );
}
