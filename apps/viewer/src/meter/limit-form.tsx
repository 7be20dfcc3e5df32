// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Text } from "@mantine/core";
import type { Token } from "@tickstream/contracts-types";
import type { PaySession } from "@tickstream/sdk";
import { Amount, AmountInput, amountText, readAmount, useT } from "@tickstream/ui";
import { type FormEvent, useState } from "react";

/** The limit, and the way to another one. */
export function LimitForm({ session, limit, token }: { session: PaySession; limit: bigint; token: Token }) {
  const t = useT();
  const [text, setText] = useState<string>();
  const [problem, setProblem] = useState<string>();
  if (text === undefined) {
    return (
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          {t("viewer.limit")}: <Amount value={limit} token={token} />
        </Text>
        <Button variant="subtle" size="compact-sm" onClick={() => setText(amountText(limit, token))}>
          {t("viewer.limit-change")}
        </Button>
      </Group>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readAmount(text, token, t);
    if ("problem" in read) return setProblem(read.problem);
    session.setLimit(read.amount);
    setProblem(undefined);
    setText(undefined);
  };
  return (
    <form onSubmit={submit} noValidate>
      <AmountInput label={t("viewer.limit")} value={text} error={problem} token={token} onChange={setText} />
      <Group mt="xs" gap="xs">
        <Button type="submit" size="xs">
          {t("viewer.limit-set")}
        </Button>
        <Button variant="default" size="xs" onClick={() => setText(undefined)}>
          {t("common.cancel")}
        </Button>
      </Group>
    </form>
  );
}
