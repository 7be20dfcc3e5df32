// SPDX-License-Identifier: Apache-2.0
import "@tickstream/ui/more-styles";
import { Card, Skeleton, Stack, Text } from "@mantine/core";
import { IconVideoOff } from "@tabler/icons-react";
import { type NodeInfo, type StreamDetail, TickstreamError } from "@tickstream/contracts-types";
import { PageState, Problem, useNode, usePageTitle, useT, useWallet } from "@tickstream/ui";
import { Link, useParams } from "react-router";
import { Stage } from "../player/stage.tsx";
import { About } from "../watch/about.tsx";
import { PAYMENT_PANEL, useCover } from "../watch/cover.tsx";
import { takeVisit } from "../watch/interrupted-visit.ts";
import { PaymentPanel } from "../watch/payment-panel.tsx";
import { PreviewBadge } from "../watch/preview-badge.tsx";
import { useFreeStart } from "../watch/use-free-start.ts";
import { usePlaybackChoice } from "../watch/use-playback-choice.ts";
import { useStream } from "../watch/use-stream.ts";
import { useWatch } from "../watch/use-watch.ts";

const UNKNOWN: ReadonlySet<string> = new Set(["stream-not-found", "api-body-invalid"]);

/** One stream: see what it costs, pay, watch, stop, get the rest back. */
export default function WatchPage() {
  const { id = "" } = useParams();
  const t = useT();
  const stream = useStream(id);
  const node = useNode();
  usePageTitle(stream.data?.title);
  if (stream.data && node.data) return <StreamPage key={id} stream={stream.data} node={node.data} />;
  const failed = stream.error ?? node.error;
  if (!failed) {
    return (
      <output aria-label={t("common.loading")}>
        <Skeleton className="stage" />
      </output>
    );
  }
  if (isUnknown(failed)) {
    return (
      <PageState heading={1} icon={<IconVideoOff size={40} />} title={t("problem.stream-unknown")}>
        <Text c="dimmed">{t("problem.stream-unknown.advice")}</Text>
        <Link to="/">{t("viewer.to-live")}</Link>
      </PageState>
    );
  }
  return (
    <Stack>
      <Problem
        error={failed}
        action={{
          label: t("common.retry"),
          onClick: () => void Promise.all([stream.refetch(), node.refetch()]),
        }}
      />
      <Link to="/">{t("viewer.to-live")}</Link>
    </Stack>
  );
}

/** A stream that this node never had, or an address that is none: trying again would not help. */
function isUnknown(error: unknown): boolean {
  return error instanceof TickstreamError && UNKNOWN.has(error.code);
}

function StreamPage({ stream, node }: { stream: StreamDetail; node: NodeInfo }) {
  const t = useT();
  const choice = usePlaybackChoice();
  const { wallet } = useWallet();
  const { watch, state, attach } = useWatch(choice);
  const cover = useCover(stream, watch, state);
  const free = stream.pay === null;
  useFreeStart(stream, watch, choice, (begun) => {
    const limit = takeVisit(stream.id, stream.rate);
    // What was agreed to before a reload goes on.
    if (limit !== undefined) void begun.start({ stream, choice, wallet, deposit: undefined, limit });
    return limit !== undefined;
  });

  return (
    <div className="watch-layout">
      <div className="watch-stage">
        <Stage
          attach={attach}
          stream={stream}
          player={state.player}
          choice={choice}
          cover={cover}
          corner={
            state.phase.name === "preview" &&
            state.playerState?.name !== "blocked" && <PreviewBadge session={state.phase.session} />
          }
        />
      </div>
      <div className="watch-about">
        <About stream={stream} token={node.token} />
      </div>
      <Card
        className="watch-payment"
        component="section"
        id={PAYMENT_PANEL}
        aria-label={t(free ? "viewer.free-panel" : "viewer.payment-panel")}
      >
        {free ? (
          <Stack gap="sm">
            {state.error !== undefined && <Problem error={state.error} />}
            <PageState title={t("common.free")}>
              <Text size="sm">{t("viewer.free-note")}</Text>
            </PageState>
          </Stack>
        ) : (
          <PaymentPanel stream={stream} node={node} watch={watch} state={state} choice={choice} />
        )}
      </Card>
    </div>
  );
}
