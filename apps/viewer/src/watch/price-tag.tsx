// SPDX-License-Identifier: Apache-2.0
import { Text } from "@mantine/core";
import type { StreamDetail, Token } from "@tickstream/contracts-types";
import { costOf, inCurrency, useFormat, usePrice } from "@tickstream/ui";

const MINUTE_MS = 60_000;

/** What a minute costs, in the token and, where the operator says so, in money people know. */
export function PriceTag({ stream, token }: { stream: Pick<StreamDetail, "rate" | "tickMs">; token: Token }) {
  const format = useFormat();
  const { data: price } = usePrice();
  const minute = costOf(stream.rate, stream.tickMs, MINUTE_MS);
  return (
    <div className="price-tag">
      <Text className="price figure">{format.perMinute(stream.rate, stream.tickMs, token)}</Text>
      <Text size="sm" c="dimmed" className="figure">
        {price && `≈ ${format.currency(inCurrency(minute, token, price.perUnit), price.currency)} · `}
        {format.perHour(stream.rate, stream.tickMs, token)}
      </Text>
    </div>
  );
}
