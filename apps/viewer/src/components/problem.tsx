// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Group, Text } from "@mantine/core";
import type { Problem as ProblemText } from "../problems/explain-problem.ts";

/** What went wrong and what to do about it, announced to screen readers at once. */
export function Problem(props: {
  problem: ProblemText;
  action?: { label: string; onClick: () => void } | undefined;
}) {
  const { problem, action } = props;
  return (
    <Alert color="red" variant="light" title={problem.title} role="alert">
      {problem.advice && <Text size="sm">{problem.advice}</Text>}
      {action && (
        <Group mt="sm">
          <Button size="xs" variant="default" onClick={action.onClick}>
            {action.label}
          </Button>
        </Group>
      )}
    </Alert>
  );
}
