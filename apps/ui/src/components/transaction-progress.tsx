// SPDX-License-Identifier: Apache-2.0
import { Loader, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { TransactionStep } from "@tickstream/sdk";
import { useT } from "../i18n/use-t.tsx";

/** In the order in which they come; `waiting-for-wallet` stands in the place of `signing`. */
const STEPS = ["connecting", "signing", "broadcast", "in-block", "finalized"] as const;

/**
 * “Waiting for your signature → sent → in a block → final”, with the step it is at.
 *
 * @param props.until the last step that this action waits for; `in-block` unless given
 */
export function TransactionProgress(props: { step: TransactionStep; until?: "in-block" | "finalized" }) {
  const { step, until = "in-block" } = props;
  const t = useT();
  const at = step === "waiting-for-wallet" ? "signing" : step;
  const current = STEPS.indexOf(at);
  const last = STEPS.indexOf(until);
  // Arriving is being done: nothing is waited for in a block that was the goal.
  const reached = current >= last ? current + 1 : current;
  return (
    <div>
      <ol className="steps" aria-label={t("step.label")}>
        {STEPS.slice(0, last + 1).map((name, index) => (
          <li
            key={name}
            data-state={index < reached ? "done" : index === reached ? "current" : "ahead"}
            aria-current={index === reached ? "step" : undefined}
          >
            <span className="step-mark" aria-hidden>
              {index < reached && <IconCheck size={18} />}
              {index === reached && <Loader size={16} />}
            </span>
            {t(name === at ? `step.${step}` : `step.${name}`)}
          </li>
        ))}
      </ol>
      <Text size="xs" c="dimmed" mt="xs" aria-live="polite">
        {at === "signing" && reached === current ? t("step.wallet-hint") : ""}
      </Text>
    </div>
  );
}
