// SPDX-License-Identifier: Apache-2.0
import { describe, it } from "vitest";
import { OMNI_NODE, OMNI_NODE_SKIPPED } from "../support/system/omni-node.ts";
import { measureExactness } from "./exact-to-the-planck.ts";

describe("three viewers pay a live stream, and every planck is where the protocol says", () => {
  it("on the embedded chain", () => measureExactness("devchain"), 180_000);

  if (OMNI_NODE === undefined)
    console.log(`SKIPPED: exactness on the production node: ${OMNI_NODE_SKIPPED}.`);
  it.skipIf(OMNI_NODE === undefined)("on a polkadot-omni-node", () => measureExactness("omni-node"), 180_000);
});
