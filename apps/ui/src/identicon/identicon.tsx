// SPDX-License-Identifier: Apache-2.0
import { useMemo } from "react";
import { ICON_SIZE, polkadotIcon } from "./polkadot-icon.ts";

/** An account's picture, as wallets show it. The address stands beside it as text, so that it is decoration. */
export function Identicon({ address, size = 32 }: { address: string; size?: number }) {
  const circles = useMemo(() => polkadotIcon(address), [address]);
  return (
    <svg
      className="identicon"
      width={size}
      height={size}
      viewBox={`0 0 ${ICON_SIZE} ${ICON_SIZE}`}
      aria-hidden
    >
      {circles.map((circle, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the circles' order is what they are
        <circle key={index} {...circle} />
      ))}
    </svg>
  );
}
