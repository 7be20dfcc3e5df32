// SPDX-License-Identifier: Apache-2.0
import { compileMessageOrThrow, type CompiledMessage } from "@lingui/message-utils/compileMessage";
import { describe, expect, test } from "vitest";
import { LOCALES, type Locale } from "../i18n/locale.ts";
import { type App, loadCatalog } from "./catalog.ts";

/** The names that a compiled text asks for, those in plural branches included. */
function placeholders(message: CompiledMessage): string[] {
  return message.flatMap((token) => {
    if (typeof token === "string") return [];
    const [name, , format] = token;
    const branches = typeof format === "object" && format !== null ? Object.values(format) : [];
    return [name, ...branches.flatMap((branch) => (Array.isArray(branch) ? placeholders(branch) : []))];
  });
}

/** Everything in a text that must be the same in every language. */
function frame(text: string): string[] {
  const tags = text.match(/<\/?\d+\/?>/g) ?? [];
  return [...new Set(placeholders(compileMessageOrThrow(text))), ...tags].toSorted();
}

const others = (Object.keys(LOCALES) as Locale[]).filter((locale) => locale !== "en");

describe.each(["viewer", "studio"] as const satisfies App[])("texts of the %s app", (app) => {
  test.each(others)("%s has the ids, placeholders and tags that English has", async (locale) => {
    const [english, other] = await Promise.all([loadCatalog("en", app), loadCatalog(locale, app)]);
    expect(Object.keys(other).toSorted()).toEqual(Object.keys(english).toSorted());
    for (const [id, text] of Object.entries(english)) {
      expect.soft(frame(other[id] ?? ""), id).toEqual(frame(text));
      expect.soft(other[id]?.trim(), id).not.toBe("");
    }
  });
});
