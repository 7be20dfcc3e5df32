// SPDX-License-Identifier: Apache-2.0
import { Anchor, Stack, Text, Title } from "@mantine/core";
import { usePageTitle, useT } from "@tickstream/ui";
import { Link, useParams } from "react-router";
import { SignedIn } from "../session/signed-in.tsx";
import { WithStream } from "../streams/with-stream.tsx";
import { EditDescription } from "./edit-description.tsx";
import { EditPrice } from "./edit-price.tsx";
import { EndStream } from "./end-stream.tsx";

/** Everything about a stream that is not about being on air. */
export default function ManagePage() {
  const t = useT();
  const { id = "" } = useParams();
  usePageTitle(t("creator.manage-title"));
  return (
    <WithStream id={id}>
      {(stream, node) => (
        <SignedIn creator={stream.creator}>
          {(login) => (
            <Stack maw={720} mx="auto" gap="lg">
              <div>
                <Anchor component={Link} to={`/streams/${stream.id}`} size="sm">
                  {t("creator.back-to-studio")}
                </Anchor>
                <Title order={1}>{stream.title}</Title>
                {stream.terms !== null && (
                  <Text size="sm" c="dimmed">
                    {t("creator.chain-id", { id: stream.id, terms: stream.terms })}
                  </Text>
                )}
              </div>
              <EditDescription stream={stream} login={login} />
              <EditPrice stream={stream} node={node} login={login} />
              <EndStream stream={stream} login={login} />
            </Stack>
          )}
        </SignedIn>
      )}
    </WithStream>
  );
}
