// SPDX-License-Identifier: Apache-2.0
import { styleText } from "node:util";
import type { Terminal } from "../terminal/terminal.ts";

export interface Welcome {
  page: string;
  rtmp: string;
  chainUrl: string;
  /** The stream that plays the demo clip. */
  demo?: { id: string; price: string } | undefined;
  /** A stream for the person's own broadcast. */
  own: { id: string; key: string };
  dataFolder: string;
  databaseAt: string;
}

/** What to open, what to type into OBS, where data is kept. */
export function printWelcome(terminal: Terminal, welcome: Welcome): void {
  const heading = (text: string) => styleText("bold", text);
  const row = (label: string, value: string) => `  ${label.padEnd(14)}${value}`;
  const databaseInside = welcome.databaseAt.startsWith(welcome.dataFolder);
  const lines = [
    "",
    heading("Tickstream is running"),
    "",
    heading("Watch"),
    row("page", styleText("cyan", welcome.page)),
    ...(welcome.demo
      ? [row("demo stream", `${welcome.page}/watch/${welcome.demo.id}  (${welcome.demo.price})`)]
      : []),
    row(
      "no browser?",
      `npx tickstream watch ${welcome.page}/watch/${welcome.demo?.id ?? welcome.own.id} --suri //Bob --seconds 20`,
    ),
    "",
    heading("Go live"),
    row("studio", styleText("cyan", `${welcome.page}/studio/`)),
    "",
    heading("Broadcast") + " (OBS: Settings > Stream > Custom)",
    row("server", styleText("cyan", welcome.rtmp)),
    row("stream key", styleText("cyan", welcome.own.key)),
    row("it plays at", `${welcome.page}/watch/${welcome.own.id}`),
    row("keyframes", "every 1 or 2 s, no B-frames, for the lowest delay"),
    "",
    heading("Kept in"),
    row("data", welcome.dataFolder),
    ...(databaseInside ? [] : [row("database", welcome.databaseAt)]),
    row("chain", `${welcome.chainUrl}  (development: play money, well-known accounts)`),
    "",
    "Ctrl-C stops everything; starting again goes on from here.",
    "",
  ];
  for (const line of lines) terminal.print(line);
}
