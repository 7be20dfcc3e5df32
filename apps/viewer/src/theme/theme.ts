// SPDX-License-Identifier: Apache-2.0
import { createTheme } from "@mantine/core";

/** System fonts: nothing to load, and every script has its letters. */
export const theme = createTheme({
  primaryColor: "violet",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  defaultRadius: "md",
  respectReducedMotion: true,
  cursorType: "pointer",
});
