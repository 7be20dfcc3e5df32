// SPDX-License-Identifier: Apache-2.0
// The first import of an app: the chosen colours stand before anything is drawn. (Mantine's own script for it is inline,
// which the content security policy forbids.)
import { readColorScheme } from "./color-scheme.ts";

const chosen = readColorScheme();
const dark = chosen === "dark" || (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
