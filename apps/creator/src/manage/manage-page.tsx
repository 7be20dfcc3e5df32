// SPDX-License-Identifier: Apache-2.0
import { Anchor, Stack, Text, Title } from "@mantine/core";
import { Loading, Problem, useNode, usePageTitle, useT } from "@tickstream/ui";
import { Link, useParams } from "react-router";
import { SignedIn } from "../session/signed-in.tsx";
import { useStream } from "../streams/use-streams.ts";
import { EditDescription } from "./edit-description.tsx";
import { EditPrice } from "./edit-price.tsx";
import { EndStream } from "./end-stream.tsx";

/** Everything about a stream that is not about being on air. */
export default function ManagePage() {
  const t = useT();
  const { id = "" } = useParams();
  const stream = useStream(id);
  const node = useNode();
  usePageTitle(t("creator.manage-title"));
  const failed = [stream, node].find((query) => query.isError && !query.data);
  if (failed) {
    return (
      <Problem
        error={failed.error}
        action={{ label: t("common.retry"), onClick: () => void failed.refetch() }}
      />
    );
  }
  const { data: shown } = stream;
  const { data: info } = node;
  if (!shown || !info) return <Loading />;
  return (
    <SignedIn>
      {(login) => (
        <Stack maw={720} mx="auto" gap="lg">
          <div>
            <Anchor component={Link} to={`/streams/${shown.id}`} size="sm">
              {t("creator.back-to-studio")}
            </Anchor>
            <Title order={1}>{shown.title}</Title>
            {shown.terms !== null && (
              <Text size="sm" c="dimmed">
                {t("creator.chain-id", { id: shown.id, terms: shown.terms })}
              </Text>
            )}
          </div>
          <EditDescription stream={shown} login={login} />
          <EditPrice stream={shown} node={info} login={login} />
          <EndStream stream={shown} login={login} />
        </Stack>
      )}
    </SignedIn>
  );
}
