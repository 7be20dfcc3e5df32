// SPDX-License-Identifier: Apache-2.0
import { Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconCamera, IconMicrophone, IconMicrophoneOff, IconScreenShare } from "@tabler/icons-react";
import type { CreatorLogin } from "@tickstream/sdk";
import { Problem, useClient, useT } from "@tickstream/ui";
import { useCallback } from "react";
import { useBroadcast } from "../broadcast/broadcast-provider.tsx";
import { CaptureSettings } from "./capture-settings.tsx";
import { LevelMeter } from "./level-meter.tsx";
import { OnAir } from "./on-air.tsx";
import { Preview } from "./preview.tsx";
import { SendingFigures } from "./sending-figures.tsx";

/** Camera, screen or both, from this browser: chosen, seen, heard, sent. */
export function BrowserSource({ stream, login }: { stream: string; login: CreatorLogin }) {
  const t = useT();
  const client = useClient();
  const { broadcast, view } = useBroadcast();
  const level = useCallback(() => broadcast.level(), [broadcast]);
  const live = view.stream === stream;
  const goLive = () => void broadcast.goLive({ client, stream, login });

  return (
    <Stack gap="md">
      <Preview picture={view.capturing ? broadcast.picture : null} />
      {view.capturing ? (
        <>
          <Group gap="sm" wrap="nowrap">
            <Button
              variant={view.muted ? "filled" : "default"}
              color={view.muted ? "live.7" : "gray"}
              size="sm"
              aria-pressed={view.muted}
              leftSection={view.muted ? <IconMicrophoneOff size={16} /> : <IconMicrophone size={16} />}
              onClick={() => broadcast.setMuted(!view.muted)}
            >
              {t(view.muted ? "creator.unmute" : "creator.mute")}
            </Button>
            <LevelMeter level={level} muted={view.muted} />
          </Group>
          {view.muted && (
            <Text component="output" display="block" size="sm">
              {t("creator.muted")}
            </Text>
          )}
          <SegmentedControl
            aria-label={t("creator.scene")}
            value={view.scene}
            disabled={view.starting}
            data={(["camera", "screen", "both"] as const).map((value) => ({
              value,
              label: t(`creator.scene-${value}`),
            }))}
            onChange={(scene) => void broadcast.show(scene)}
          />
          <Group gap="sm">
            {live ? (
              <OnAir view={view} onStop={() => void broadcast.stopLive()} />
            ) : (
              <>
                <Button
                  size="md"
                  color="live.7"
                  loading={view.state.name === "connecting"}
                  disabled={view.stream !== null}
                  onClick={goLive}
                >
                  {t("creator.go-live")}
                </Button>
                <Button size="md" variant="default" onClick={() => void broadcast.stop()}>
                  {t("creator.release")}
                </Button>
              </>
            )}
          </Group>
          <SourceProblem stream={stream} goLive={goLive} />
          {view.stats && live && <SendingFigures stats={view.stats} />}
          <CaptureSettings />
        </>
      ) : (
        <>
          <Group gap="sm">
            <Button
              size="md"
              leftSection={<IconCamera size={18} />}
              loading={view.starting}
              onClick={() => void broadcast.show("camera")}
            >
              {t("creator.use-camera")}
            </Button>
            <Button
              size="md"
              variant="default"
              leftSection={<IconScreenShare size={18} />}
              disabled={view.starting}
              onClick={() => void broadcast.show("screen")}
            >
              {t("creator.use-screen")}
            </Button>
          </Group>
          <SourceProblem stream={stream} goLive={goLive} />
        </>
      )}
    </Stack>
  );
}

/** What keeps it from showing or sending, beside the buttons that asked for it. */
function SourceProblem({ stream, goLive }: { stream: string; goLive: () => void }) {
  const t = useT();
  const { broadcast, view } = useBroadcast();
  if (view.error !== undefined) return <Problem error={view.error} />;
  if (view.state.name !== "failed" || view.stream !== stream) return null;
  return (
    <Problem
      error={view.state.error}
      action={{ label: t("common.retry"), onClick: () => void broadcast.stopLive().then(goLive) }}
    />
  );
}
