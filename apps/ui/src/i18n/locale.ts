// SPDX-License-Identifier: Apache-2.0
import { readPreference, writePreference } from "../preferences/preferences.ts";

/** The languages there is a catalogue for, by their own names. */
export const LOCALES = { en: "English", de: "Deutsch" } as const;

export type Locale = keyof typeof LOCALES;

const NAME = "language";

const isLocale = (value: string | null | undefined): value is Locale =>
  value !== null && value !== undefined && Object.hasOwn(LOCALES, value);

/** What was chosen here before, else the first of the browser's languages that there is. */
export function preferredLocale(): Locale {
  const chosen = readPreference(NAME);
  if (isLocale(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.split("-")[0]).find((tag) => isLocale(tag)) ?? "en";
}

export function rememberLocale(locale: Locale): void {
  writePreference(NAME, locale);
}
