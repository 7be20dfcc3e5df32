// SPDX-License-Identifier: Apache-2.0
import { Card, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** A page, or a part of one, that has nothing to show: why, and what to do. */
export function PageState(props: {
  title: string;
  children?: ReactNode;
  icon?: ReactNode;
  /** Where it is the page's own heading. */
  heading?: 1 | 2;
}) {
  const { title, children, icon, heading = 2 } = props;
  return (
    <Card padding="xl">
      <Stack gap="xs" align="center" ta="center" py="lg">
        {icon && (
          <Text c="dimmed" component="span" aria-hidden>
            {icon}
          </Text>
        )}
        <Title order={heading} size="h3">
          {title}
        </Title>
        {children}
      </Stack>
    </Card>
  );
}
