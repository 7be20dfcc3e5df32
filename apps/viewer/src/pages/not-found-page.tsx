// SPDX-License-Identifier: Apache-2.0
import { Stack, Text, Title } from "@mantine/core";
import { Link } from "react-router";

export function NotFoundPage() {
  return (
    <Stack gap="sm">
      <Title order={1}>Nothing here</Title>
      <Text>
        This address doesn't exist. <Link to="/">See what is live</Link>.
      </Text>
    </Stack>
  );
}
