// SPDX-License-Identifier: Apache-2.0
import type { MantineColorsTuple } from "@mantine/core";

/** The accent: the green of a tick that was paid. Shade 8 carries white text on light pages, shade 3 dark text on dark ones. */
export const tick: MantineColorsTuple = [
  "#e6fbf2",
  "#c8f5e1",
  "#95ebc8",
  "#5fdcac",
  "#31c98f",
  "#14b07a",
  "#0a9266",
  "#087a57",
  "#066347",
  "#044633",
];

/** Dark pages: ink with a little blue in it, from text (0) to the ground (9). */
export const ink: MantineColorsTuple = [
  "#e9edf2",
  "#c7cfd9",
  "#a5b0be",
  "#76828f",
  "#39434f",
  "#2a323c",
  "#1d242d",
  "#12171d",
  "#0d1116",
  "#080b0f",
];

/** Light pages: the same ink, thinned. */
export const slate: MantineColorsTuple = [
  "#f6f8f9",
  "#eef1f4",
  "#e2e7ec",
  "#d2d9e0",
  "#b9c2cc",
  "#8c97a3",
  "#65707d",
  "#4d5763",
  "#343c46",
  "#1b2128",
];

/** Live, and nothing else: red is not used for buttons. */
export const live: MantineColorsTuple = [
  "#ffecec",
  "#ffd6d7",
  "#ffaaac",
  "#fb7b7f",
  "#f15359",
  "#e5353c",
  "#d3242b",
  "#b9181f",
  "#970f16",
  "#6d080d",
];
