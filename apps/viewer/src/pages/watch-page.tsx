// SPDX-License-Identifier: Apache-2.0
import { Badge, Button, Card, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { formatAmount, type NodeInfo, type StreamDetail } from "@tickstream/contracts-types";
import { useEffect, useRef } from "react";
import { Link, useParams } from "react-router";
import { Problem } from "../components/problem.tsx";
import { formatRate, shortAddress } from "../format/format.ts";
import { useNode, useStream } from "../node/use-node.ts";
import { explainProblem } from "../problems/explain-problem.ts";
import { Figures } from "../watch/figures.tsx";
import { Screen } from "../watch/screen.tsx";
import { SessionPanel } from "../watch/session-panel.tsx";
import { suggestDeposit } from "../watch/suggest-deposit.ts";
import { StartForm } from "../watch/start-form.tsx";
import { useWatch, type Watch } from "../watch/use-watch.ts";

/** One stream: see what it costs, pay, watch, stop, get the rest back. */
export default function WatchPage() {
  const { id = "" } = useParams();
  const stream = useStream(id);
  const node = useNode();
  const title = stream.data?.title;
  useEffect(() => {
    document.title = title ? `${title} · Tickstream` : "Tickstream";
  }, [title]);
  const failed = stream.error ?? node.error;
  if (stream.data && node.data) return <StreamPage key={id} stream={stream.data} node={node.data} />;
  if (failed) {
    return (
      <Stack>
        <Problem
          problem={explainProblem(failed)}
          action={{ label: "Try again", onClick: () => void Promise.all([stream.refetch(), node.refetch()]) }}
        />
        <Link to="/">See what is live</Link>
      </Stack>
    );
  }
  return <Skeleton height={320} radius="md" aria-label="Loading the stream" />;
}

function StreamPage({ stream, node }: { stream: StreamDetail; node: NodeInfo }) {
  const video = useRef<HTMLVideoElement>(null);
  const watch = useWatch(stream, video);
  const free = stream.pay === null;
  const playing = watch.phase.name === "watching" || (free && stream.state === "live");
  return (
    <div className="watch-layout">
      <Stack gap="sm">
        <Screen ref={video} playing={playing} title={stream.title}>
          {cover(stream, watch, playing)}
        </Screen>
        <Group gap="xs" align="center">
          <StateBadge state={stream.state} />
          <Title order={1} size="h3" className="stream-title">
            {stream.title}
          </Title>
        </Group>
        <Text size="sm" c="dimmed">
          {stream.creator ? `by ${shortAddress(stream.creator)} · ` : ""}
          {formatRate(stream.rate, stream.tickMs, node.token)} · {stream.viewers}{" "}
          {stream.viewers === 1 ? "viewer" : "viewers"}
        </Text>
      </Stack>
      <Card withBorder component="section" aria-label={free ? "Free stream" : "Payment"}>
        {free ? (
          <FreePanel stream={stream} watch={watch} />
        ) : (
          <PaidPanel stream={stream} node={node} watch={watch} />
        )}
      </Card>
    </div>
  );
}

function cover(stream: StreamDetail, watch: Watch, playing: boolean) {
  if (watch.player?.name === "blocked") return <Text>{watch.player.error.shortMessage}</Text>;
  if (playing && stream.state !== "waiting") {
    if (watch.player === undefined || watch.player.name === "loading") return <Text>Loading…</Text>;
    if (watch.player.name === "waiting") return <Text>Waiting for the picture…</Text>;
    if (watch.unmute) {
      return (
        <Button variant="white" color="dark" onClick={watch.unmute}>
          Turn the sound on
        </Button>
      );
    }
    return null;
  }
  if (stream.state === "ended") return <Text>This stream has ended.</Text>;
  if (stream.state === "offline") return <Text>Off air. This page notices when it starts.</Text>;
  if (stream.state === "waiting")
    return <Text>The broadcast was interrupted. Nothing is charged meanwhile.</Text>;
  if (watch.phase.name === "starting") return <Text>{watch.phase.step}</Text>;
  return <Text>Live now. Start to see it.</Text>;
}

function PaidPanel({ stream, node, watch }: { stream: StreamDetail; node: NodeInfo; watch: Watch }) {
  const { phase, error, tab, start, stop } = watch;
  const more = suggestDeposit(stream.rate, stream.tickMs, node);
  return (
    <Stack gap="md">
      {error !== undefined && <Problem problem={explainProblem(error)} />}
      {phase.name === "watching" ? (
        <SessionPanel
          session={phase.session}
          token={node.token}
          stopping={phase.stopping}
          onStop={() => void stop()}
          topUp={{ amount: more, step: watch.toppingUp, start: () => void watch.topUp(more) }}
        />
      ) : (
        <>
          {phase.name === "stopped" && (
            <Figures stats={phase.stats} tickMs={phase.tickMs} token={node.token} final />
          )}
          {stream.state === "ended" ? (
            <Text size="sm">Nothing more can be watched here.</Text>
          ) : (
            <StartForm
              stream={stream}
              node={node}
              tabFree={tab?.free}
              step={phase.name === "starting" ? phase.step : undefined}
              onStart={(choice) => void start(choice)}
            />
          )}
          {phase.name !== "starting" && <Refund node={node} watch={watch} />}
        </>
      )}
    </Stack>
  );
}

/** What is left in the tab, and the way to get it back. */
function Refund({ node, watch }: { node: NodeInfo; watch: Watch }) {
  const { tab, refund, refunding } = watch;
  if (refunding.returned !== undefined) {
    return (
      <Text size="sm" component="output">
        {formatAmount(refunding.returned, node.token)} came back to your wallet.
      </Text>
    );
  }
  if (!tab) return null;
  const later =
    tab.setAside > 0n &&
    `${formatAmount(tab.setAside, node.token)} is still set aside for open channels, and follows when they end.`;
  return (
    <Stack gap={4}>
      <Button
        variant="default"
        loading={refunding.step !== undefined}
        onClick={() => void refund()}
        fullWidth
        h="auto"
        py={8}
        styles={{ label: { whiteSpace: "normal" } }}
      >
        Close the tab, get {formatAmount(tab.free, node.token)} back
      </Button>
      <Text size="xs" c="dimmed" aria-live="polite">
        {refunding.step ?? later}
      </Text>
    </Stack>
  );
}

function FreePanel({ stream, watch }: { stream: StreamDetail; watch: Watch }) {
  const live = stream.state === "live" || stream.state === "waiting";
  const { playFree } = watch;
  useEffect(() => {
    if (live) void playFree();
  }, [live, playFree]);
  return (
    <Stack gap="sm">
      {watch.error !== undefined && <Problem problem={explainProblem(watch.error)} />}
      <Text size="sm">This stream is free: no wallet, nothing to sign.</Text>
    </Stack>
  );
}

function StateBadge({ state }: { state: StreamDetail["state"] }) {
  const [color, text] = {
    live: ["red.9", "Live"],
    waiting: ["#b83a08", "Interrupted"],
    offline: ["gray.7", "Off air"],
    ended: ["gray.7", "Ended"],
  }[state] as [string, string];
  return (
    <Badge color={color} variant="filled" size="sm">
      {text}
    </Badge>
  );
}
