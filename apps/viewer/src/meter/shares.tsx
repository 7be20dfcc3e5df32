// SPDX-License-Identifier: Apache-2.0
import { Text } from "@mantine/core";
import type { StreamDetail } from "@tickstream/contracts-types";
import { Identicon, shortAddress, useFormat, useT } from "@tickstream/ui";

const WHOLE = 1_000_000_000;

/** Who gets what of each second: the node's operator its part, the payees the rest by their shares. */
export function Shares({
  stream,
}: {
  stream: Pick<StreamDetail, "operator" | "operatorShare" | "payees" | "creator">;
}) {
  const t = useT();
  const format = useFormat();
  const rest = WHOLE - stream.operatorShare;
  const rows = [
    ...stream.payees.map(({ account, share }) => ({
      account,
      who: t(account === stream.creator ? "viewer.share-creator" : "viewer.share-payee"),
      share: (rest * share) / WHOLE,
    })),
    ...(stream.operatorShare > 0
      ? [{ account: stream.operator, who: t("viewer.share-operator"), share: stream.operatorShare }]
      : []),
  ];
  return (
    <details className="shares">
      <summary>{t("viewer.shares")}</summary>
      <ul>
        {rows.map(({ account, who, share }) => (
          <li key={`${who}${account}`}>
            <Identicon address={account} size={24} />
            <span className="share-who">
              {who}
              <Text component="span" size="xs" c="dimmed" display="block">
                {shortAddress(account)}
              </Text>
            </span>
            <span className="figure">{format.share(share)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
