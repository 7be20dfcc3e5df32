// SPDX-License-Identifier: Apache-2.0
import { polkadotIcon as original } from "@polkadot/ui-shared/icons/polkadot";
import { toSs58, accountId } from "@tickstream/contracts-types";
import { expect, test } from "vitest";
import { polkadotIcon } from "./polkadot-icon.ts";

test("draws what wallets draw, for any account", () => {
  const addresses = Array.from({ length: 64 }, (_, seed) =>
    toSs58(accountId(Uint8Array.from({ length: 32 }, (_unused, index) => (seed * 37 + index * 11) % 256))),
  );
  for (const address of ["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", ...addresses]) {
    expect(polkadotIcon(address)).toEqual(original(address, { isAlternative: false }));
  }
});
