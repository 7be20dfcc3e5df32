// SPDX-License-Identifier: Apache-2.0
import { Loader, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { TransactionStep } from "@tickstream/sdk";
import { useT } from "../i18n/use-t.tsx";

/** In the order in which they come. */
const STEPS = ["connecting", "signing", "broadcast", "in-block", "finalized"] as const;

/** Where each stands among them; what the wallet asks before the signature stands in its place. */
const POSITIONS: Record<TransactionStep, number> = {
  connecting: 0,
  "waiting-for-wallet": 1,
  introducing: 1,
  signing: 1,
  broadcast: 2,
  "in-block": 3,
  finalized: 4,
};

/**
 * “Waiting for your signature → sent → in a block → final”, with the step it is at.
 *
 * @param props.until the last step that this action waits for; `in-block` unless given
 */
export function TransactionProgress(props: { step: TransactionStep; until?: "in-block" | "finalized" }) {
  const { step, until = "in-block" } = props;
  const t = useT();
  const current = POSITIONS[step];
  const last = POSITIONS[until];
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
            {t(index === current ? `step.${step}` : `step.${name}`)}
          </li>
        ))}
      </ol>
      <Text size="xs" c="dimmed" mt="xs" aria-live="polite">
        {current === POSITIONS.signing &&
          t(step === "introducing" ? "step.introducing-hint" : "step.wallet-hint")}
      </Text>
    </div>
  );
}
