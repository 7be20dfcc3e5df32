// SPDX-License-Identifier: Apache-2.0
import { Card, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** One number that matters, with what it is. */
export function Figure(props: { label: string; hint?: string; testId?: string; children: ReactNode }) {
  const { label, hint, testId, children } = props;
  return (
    <Card padding="md" component="dl" m={0} className="figure-card">
      <Text component="dt" size="sm" c="dimmed">
        {label}
      </Text>
      <Text component="dd" m={0} fw={700} fz="xl" lh={1.25} className="figure" data-testid={testId}>
        {children}
      </Text>
      {hint && (
        <Text component="dd" m={0} mt={4} size="xs" c="dimmed">
          {hint}
        </Text>
      )}
    </Card>
  );
}
