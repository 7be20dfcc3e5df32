// SPDX-License-Identifier: Apache-2.0
import { localStorageColorSchemeManager, type MantineColorScheme } from "@mantine/core";

/** Where the choice is remembered: in this browser, for both apps of this origin. */
const KEY = "tickstream.color-scheme";

export const colorSchemeManager = localStorageColorSchemeManager({ key: KEY });

/** What was chosen; the system's where nothing was. */
export const readColorScheme = (): MantineColorScheme => colorSchemeManager.get("auto");
