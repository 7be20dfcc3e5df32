// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { EMPTY_DESCRIPTION, readDescription } from "./description-draft.ts";

const read = (change: object) => readDescription({ ...EMPTY_DESCRIPTION, title: "A title", ...change });

test("tags are tidied as people write them", () => {
  expect(read({ tags: " #Jazz, live music,,jazz, Übung " })).toMatchObject({
    description: { tags: ["jazz", "live-music", "übung"] },
  });
});

test.each(["a_b", "x".repeat(33), "-a", "a,b,c,d,e,f,g,h,i"])("%s are no tags", (tags) => {
  expect(read({ tags })).toEqual({ problems: { tags: "tags-invalid" } });
});

test("a title is more than blanks", () => {
  expect(read({ title: "  " })).toEqual({ problems: { title: "title-missing" } });
});

test("no language in particular is null to the node", () => {
  expect(read({})).toMatchObject({ description: { language: null, category: "other" } });
  expect(read({ language: "de" })).toMatchObject({ description: { language: "de" } });
});
