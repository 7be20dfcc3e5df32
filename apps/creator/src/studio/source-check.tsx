// SPDX-License-Identifier: Apache-2.0
import { Group, Stack, Text, TextInput, ThemeIcon, Title, VisuallyHidden } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInfoCircle } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { SourceProblem } from "@tickstream/contracts-types";
import { checkSource, type CreatorLogin } from "@tickstream/sdk";
import { Problem, useClient, useT } from "@tickstream/ui";
import { useState } from "react";

const REFRESH_MS = 3_000;
const MEGABIT = 1_000_000;

const SEVERITIES = {
  error: { icon: IconCircleX, color: "live.7" },
  warning: { icon: IconAlertTriangle, color: "orange.8" },
  info: { icon: IconInfoCircle, color: "gray.7" },
} as const;

/** What the node finds wrong with what comes in, renewed while one looks at it. */
export function SourceCheck(props: { stream: string; login: CreatorLogin; source: "browser" | "encoder" }) {
  const { stream, login, source } = props;
  const t = useT();
  const client = useClient();
  const [uplinkText, setUplinkText] = useState("");
  const megabits = Number(uplinkText.replace(",", "."));
  const uplink = megabits > 0 && megabits <= 4_000 ? Math.round(megabits * MEGABIT) : undefined;
  const check = useQuery({
    queryKey: ["check", stream, uplink],
    queryFn: ({ signal }) => checkSource({ client, login, stream, uplink, signal }),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  const problems = check.data?.problems;
  const waiting = problems?.length === 1 && problems[0]?.code === "no-source";
  return (
    <section aria-label={t("creator.check-title")}>
      <Title order={2} size="h3" mb="sm">
        {t("creator.check-title")}
      </Title>
      <Stack gap="sm">
        {check.isError && !check.data && <Problem error={check.error} />}
        <div aria-live="polite" data-testid="check">
          {waiting && (
            <Text size="sm" c="dimmed">
              {t(source === "encoder" ? "creator.check-waiting" : "creator.health-none")}
            </Text>
          )}
          {problems?.length === 0 && (
            <Group gap="xs" wrap="nowrap">
              <ThemeIcon variant="transparent" color="tick" size="sm">
                <IconCircleCheck size={18} aria-hidden />
              </ThemeIcon>
              <Text size="sm">{t("creator.check-ok")}</Text>
            </Group>
          )}
          {problems && !waiting && (
            <Stack gap="sm">
              {problems.map((problem) => (
                <Finding key={problem.code} problem={problem} />
              ))}
            </Stack>
          )}
        </div>
        {source === "encoder" && (
          <TextInput
            label={t("creator.uplink")}
            description={t("creator.uplink-hint")}
            inputMode="decimal"
            maw={280}
            value={uplinkText}
            onChange={(event) => setUplinkText(event.currentTarget.value)}
          />
        )}
      </Stack>
    </section>
  );
}

function Finding({ problem: { code, severity } }: { problem: SourceProblem }) {
  const t = useT();
  const { icon: Icon, color } = SEVERITIES[severity];
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <ThemeIcon variant="transparent" color={color} size="sm">
        <Icon size={18} aria-hidden />
      </ThemeIcon>
      <div>
        <Text size="sm" fw={600}>
          <VisuallyHidden>{t(`creator.severity-${severity}`)}: </VisuallyHidden>
          {t(`creator.check.${code}`)}
        </Text>
        <Text size="sm">{t(`creator.check.${code}.advice`)}</Text>
      </div>
    </Group>
  );
}
