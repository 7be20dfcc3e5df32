// SPDX-License-Identifier: Apache-2.0
import { SegmentedControl, Stack, Table, Text, TextInput } from "@mantine/core";
import type { NodeInfo } from "@tickstream/contracts-types";
import type { CreatorLogin } from "@tickstream/sdk";
import { CopyButton, type MessageId, usePreference, useT } from "@tickstream/ui";
import { StreamKeyField } from "./stream-key-field.tsx";

const PROTOCOLS = ["rtmp", "whip"] as const;

/** What to type into OBS or any other encoder. */
export function EncoderSource({
  stream,
  node,
  login,
}: {
  stream: string;
  node: NodeInfo;
  login: CreatorLogin;
}) {
  const t = useT();
  const [chosen, setChosen] = usePreference("encoder-protocol", PROTOCOLS, "rtmp");
  const { ingest } = node;
  const protocol = ingest.whip === null ? "rtmp" : chosen;
  const server =
    protocol === "whip"
      ? new URL(`${ingest.whip}/${stream}`, location.origin).href
      : (ingest.rtmpUrl ?? `rtmp://${location.hostname}:${ingest.rtmpPort}/live`);
  const settings: [label: MessageId, value: MessageId][] = [
    ["creator.setting-obs", `creator.setting-obs-${protocol}`],
    ["creator.setting-encoder", "creator.setting-encoder-value"],
    ["creator.setting-rate", "creator.setting-rate-value"],
    ["creator.setting-keyframes", "creator.setting-keyframes-value"],
    ["creator.setting-b-frames", "creator.setting-b-frames-value"],
    ["creator.setting-audio", `creator.setting-audio-${protocol}`],
  ];
  // None of these texts has a placeholder, which a list of ids can't tell the compiler.
  const say = t as (id: MessageId) => string;
  return (
    <Stack gap="md">
      <Text size="sm">{t("creator.encoder-intro")}</Text>
      <SegmentedControl
        aria-label={t("creator.protocol")}
        value={protocol}
        data={PROTOCOLS.map((value) => ({
          value,
          label: t(`creator.${value}`),
          disabled: value === "whip" && ingest.whip === null,
        }))}
        onChange={setChosen}
      />
      {ingest.whip === null && (
        <Text size="sm" c="dimmed">
          {t("creator.whip-off")}
        </Text>
      )}
      <div className="field-with-button">
        <TextInput label={t("creator.server")} value={server} readOnly />
        <CopyButton text={server} />
      </div>
      <StreamKeyField
        stream={stream}
        login={login}
        label={t(protocol === "whip" ? "creator.bearer" : "creator.stream-key")}
      />
      <div>
        <Text fw={600} size="sm" mb={4}>
          {t("creator.settings-title")}
        </Text>
        <Table withRowBorders={false} verticalSpacing={4} horizontalSpacing={0} className="settings-table">
          <Table.Tbody>
            {settings.map(([label, value]) => (
              <Table.Tr key={label}>
                <Table.Th scope="row">{say(label)}</Table.Th>
                <Table.Td>{say(value)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Stack>
  );
}
