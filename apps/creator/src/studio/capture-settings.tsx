// SPDX-License-Identifier: Apache-2.0
import { Button, Group, NativeSelect, SimpleGrid, Slider, Stack, Switch, Text } from "@mantine/core";
import type { CaptureDevice, Corner } from "@tickstream/sdk";
import { useLanguage, useT } from "@tickstream/ui";
import { FRAME_RATES, MAX_BITRATE, MIN_BITRATE, type Quality, QUALITIES } from "../broadcast/quality.ts";
import { useBroadcast } from "../broadcast/broadcast-provider.tsx";
import { formatBitrate } from "../components/bitrate.ts";
import { useDevices } from "./use-devices.ts";

const CORNERS = ["top-left", "top-right", "bottom-left", "bottom-right"] as const satisfies Corner[];
/** What the select calls no microphone: device ids are hexadecimal or words of the browser's. */
const NONE = "none";

/** Which devices, which quality, and where the camera stands. All of it may be changed while live. */
export function CaptureSettings() {
  const t = useT();
  const { locale } = useLanguage();
  const { broadcast, view } = useBroadcast();
  const devices = useDevices(view.capturing);
  const { encoding, layout } = view;
  const quality = Object.keys(QUALITIES).find(
    (name) => QUALITIES[name as Quality].height === encoding.height,
  );

  const options = (kind: CaptureDevice["kind"]) => [
    { value: "", label: t("creator.device-default") },
    ...devices
      .filter((device) => device.kind === kind && device.id !== "" && device.id !== "default")
      .map(({ id, label }, index) => ({
        value: id,
        label: label || t("creator.device-unnamed", { number: index + 1 }),
      })),
  ];
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        {view.scene !== "screen" && (
          <NativeSelect
            label={t("creator.camera")}
            value={view.cameraId}
            data={options("camera")}
            onChange={(event) => void broadcast.chooseCamera(event.currentTarget.value)}
          />
        )}
        <NativeSelect
          label={t("creator.microphone")}
          value={view.microphoneId ?? NONE}
          data={[...options("microphone"), { value: NONE, label: t("creator.device-none") }]}
          onChange={({ currentTarget: { value } }) =>
            void broadcast.chooseMicrophone(value === NONE ? null : value)
          }
        />
        <NativeSelect
          label={t("creator.quality")}
          value={quality ?? "720p"}
          data={Object.keys(QUALITIES)}
          onChange={({ currentTarget: { value } }) => void broadcast.setEncoding(QUALITIES[value as Quality])}
        />
        <NativeSelect
          label={t("creator.frame-rate")}
          value={String(encoding.frameRate)}
          data={FRAME_RATES.map((fps) => ({ value: String(fps), label: t("creator.fps", { fps }) }))}
          onChange={({ currentTarget: { value } }) =>
            void broadcast.setEncoding({ frameRate: Number(value) })
          }
        />
      </SimpleGrid>
      <LabelledSlider
        label={t("creator.bitrate")}
        shown={formatBitrate(encoding.videoBitrate, locale)}
        value={encoding.videoBitrate}
        min={MIN_BITRATE}
        max={MAX_BITRATE}
        step={100_000}
        onChange={(videoBitrate) => void broadcast.setEncoding({ videoBitrate })}
      />
      {view.scene !== "camera" && (
        <Group gap="sm">
          <Button variant="default" size="xs" onClick={() => void broadcast.chooseScreen()}>
            {t("creator.other-screen")}
          </Button>
          <Text size="sm" c="dimmed">
            {t(view.screenAudio ? "creator.screen-audio" : "creator.no-screen-audio")}
          </Text>
        </Group>
      )}
      {view.scene === "both" && (
        <>
          <NativeSelect
            label={t("creator.corner")}
            value={layout.corner}
            data={CORNERS.map((value) => ({ value, label: t(`creator.corner-${value}`) }))}
            onChange={(event) => broadcast.setLayout({ corner: event.currentTarget.value as Corner })}
          />
          <LabelledSlider
            label={t("creator.camera-size")}
            shown={`${Math.round(layout.size * 100)} %`}
            value={layout.size}
            min={0.1}
            max={0.5}
            step={0.05}
            onChange={(size) => broadcast.setLayout({ size })}
          />
          <Switch
            label={t("creator.mirror")}
            checked={layout.mirrored}
            onChange={(event) => broadcast.setLayout({ mirrored: event.currentTarget.checked })}
          />
        </>
      )}
    </Stack>
  );
}

function LabelledSlider(props: {
  label: string;
  shown: string;
  value: number;
  min: number;
  max: number;
  step: number;
  onChange: (value: number) => void;
}) {
  const { label, shown, ...slider } = props;
  return (
    <div>
      <Group justify="space-between">
        <Text size="sm" fw={500} aria-hidden>
          {label}
        </Text>
        <Text size="sm" className="figure">
          {shown}
        </Text>
      </Group>
      <Slider {...slider} label={null} thumbLabel={label} />
    </div>
  );
}
