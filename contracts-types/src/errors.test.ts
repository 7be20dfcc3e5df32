// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { TickstreamError } from "./errors.ts";

describe("TickstreamError", () => {
  test("its message is the sentence and the details", () => {
    expect(new TickstreamError("a-code", "It broke.").message).toBe("It broke.");
    const detailed = new TickstreamError("a-code", "It broke.", { details: "at 5" });
    expect(detailed.message).toBe("It broke. (at 5)");
    expect(detailed.shortMessage).toBe("It broke.");
  });

  test("walk finds the first match, or the end, of the chain of causes", () => {
    const root = new RangeError("root");
    const middle = new TickstreamError("middle", "Middle.", { cause: root });
    const top = new TickstreamError("top", "Top.", { cause: middle });
    expect(top.walk()).toBe(root);
    expect(top.walk((e) => e instanceof TickstreamError && e.code === "middle")).toBe(middle);
    expect(top.walk((e) => e instanceof SyntaxError)).toBeNull();
  });

  test("walk ends in a chain that loops", () => {
    const first = new TickstreamError("first", "First.");
    const second = new TickstreamError("second", "Second.", { cause: first });
    first.cause = second;
    expect(first.walk()).toBe(second);
    expect(first.walk(() => false)).toBeNull();
  });
});
