// SPDX-License-Identifier: Apache-2.0
import { Stack, Title } from "@mantine/core";
import { useParams } from "react-router";
import { useStream } from "../node/use-node.ts";

export default function WatchPage() {
  const { id = "" } = useParams();
  const stream = useStream(id);
  return (
    <Stack>
      <Title order={1} size="h3">
        {stream.data?.title}
      </Title>
    </Stack>
  );
}
