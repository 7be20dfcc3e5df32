// SPDX-License-Identifier: Apache-2.0
import type { Token } from "@tickstream/contracts-types";
import { useFormat } from "../format/use-format.ts";

/** An amount, exact to the planck, in figures that don't jump while they run. */
export function Amount({ value, token }: { value: bigint; token: Token }) {
  const { amount } = useFormat();
  return <span className="figure">{amount(value, token)}</span>;
}
