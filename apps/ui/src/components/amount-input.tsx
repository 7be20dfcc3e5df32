// SPDX-License-Identifier: Apache-2.0
import { Text, TextInput } from "@mantine/core";
import { AmountError, parseAmount, type Planck, type Token } from "@tickstream/contracts-types";
import type { ReactNode } from "react";
import { useFormat } from "../format/use-format.ts";
import type { Translate } from "../i18n/use-t.tsx";

/** What somebody typed, as an amount above 0, or why it is none. A comma may stand for the point. */
export function readAmount(
  text: string,
  token: Token,
  t: Translate,
): { amount: Planck } | { problem: string } {
  try {
    const amount = parseAmount(text.replace(",", "."), token);
    return amount > 0n ? { amount } : { problem: t("amount.not-positive") };
  } catch (error) {
    if (error instanceof AmountError) return { problem: t("amount.invalid", { symbol: token.symbol }) };
    throw error;
  }
}

/** A field for an amount in whole tokens. */
export function AmountInput(props: {
  label: string;
  description?: ReactNode;
  value: string;
  error?: string | undefined;
  token: Token;
  disabled?: boolean;
  onChange: (text: string) => void;
}) {
  const { label, description, value, error, token, disabled = false, onChange } = props;
  const { point } = useFormat();
  return (
    <TextInput
      label={label}
      description={description}
      inputMode="decimal"
      autoComplete="off"
      rightSection={<Text size="xs">{token.symbol}</Text>}
      rightSectionWidth={56}
      // As all other amounts of the page: a comma where its language has one.
      value={value.replace(/[.,]/, point)}
      error={error}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
