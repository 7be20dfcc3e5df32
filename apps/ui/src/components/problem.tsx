// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Group, Text } from "@mantine/core";
import { useT } from "../i18n/use-t.tsx";
import { explainProblem } from "../problems/explain-problem.ts";

/** What a person can do about a problem right here. */
export interface ProblemAction {
  label: string;
  onClick: () => void;
}

/**
 * What went wrong and what to do about it, announced to screen readers at once.
 *
 * @param props.tone `pause` for what is nobody's fault and passes, or waits for a decision; `fault` unless given
 */
export function Problem(props: {
  error: unknown;
  tone?: "fault" | "pause";
  action?: ProblemAction | undefined;
}) {
  const { error, tone = "fault", action } = props;
  const t = useT();
  const { title, advice } = explainProblem(error, t);
  return (
    <Alert color={tone === "fault" ? "live" : "yellow"} title={title} role="alert">
      {advice && <Text size="sm">{advice}</Text>}
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
