// SPDX-License-Identifier: Apache-2.0
import type { Page } from "playwright-core";

/** What a page complains of from now on: exceptions that nobody caught, and errors on its console with where they are from. */
export function listenForComplaints(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${message.text()} ${message.location().url}`);
  });
  return complaints;
}
