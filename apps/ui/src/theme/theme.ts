// SPDX-License-Identifier: Apache-2.0
import {
  createTheme,
  type CSSVariablesResolver,
  defaultVariantColorsResolver,
  type VariantColorsResolver,
} from "@mantine/core";
import { ink, live, slate, tick } from "./palette.ts";

/** The accent is light on dark pages and dark on light ones; the resolver of Mantine knows only one of them. */
const readableOnAccent: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  const accent = input.color === undefined || input.color === "tick";
  return input.variant === "filled" && accent
    ? { ...colors, color: "var(--mantine-primary-color-contrast)" }
    : colors;
};

/** One design language for both apps. System fonts: nothing to load, and every script has its letters. */
export const theme = createTheme({
  primaryColor: "tick",
  primaryShade: { light: 7, dark: 3 },
  colors: { tick, live, dark: ink, gray: slate },
  autoContrast: true,
  luminanceThreshold: 0.36,
  variantColorResolver: readableOnAccent,
  black: "#12171d",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  headings: {
    fontWeight: "700",
    sizes: {
      h1: { fontSize: "1.75rem", lineHeight: "1.2" },
      h2: { fontSize: "1.375rem", lineHeight: "1.25" },
      h3: { fontSize: "1.125rem", lineHeight: "1.35" },
      h4: { fontSize: "1rem", lineHeight: "1.4" },
    },
  },
  // An 8 px grid.
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  radius: { xs: "4px", sm: "6px", md: "10px", lg: "14px", xl: "24px" },
  defaultRadius: "md",
  respectReducedMotion: true,
  cursorType: "pointer",
  // By name, not by `Component.extend`: that would load every one of them with the first page.
  components: {
    Alert: { defaultProps: { variant: "light", radius: "md" } },
    Badge: { defaultProps: { radius: "sm" }, styles: { root: { textTransform: "none" } } },
    Button: { defaultProps: { fw: 600 } },
    Card: { defaultProps: { withBorder: true, radius: "lg", padding: "lg" } },
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    // Its <header> is no second banner of the page.
    Modal: {
      defaultProps: { centered: true, radius: "lg", padding: "lg", attributes: { header: { role: "none" } } },
    },
    Paper: { defaultProps: { radius: "lg" } },
  },
});

/** What Mantine's own values get wrong here: small grey text needs more contrast (WCAG 2.2, 1.4.3). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: { "--ts-tabular": "tabular-nums" },
  light: {
    "--mantine-color-body": "#fbfcfd",
    "--mantine-color-dimmed": "#56616d",
    "--mantine-color-placeholder": "#65707d",
    "--mantine-color-anchor": "var(--mantine-color-tick-8)",
    "--mantine-color-error": "#b9181f",
    "--ts-surface": "#ffffff",
    "--ts-sunken": "#eef1f4",
    "--ts-accent-text": "var(--mantine-color-tick-8)",
  },
  dark: {
    "--mantine-color-body": "#0d1116",
    "--mantine-color-dimmed": "#a5b0be",
    "--mantine-color-placeholder": "#8995a3",
    "--mantine-color-anchor": "var(--mantine-color-tick-3)",
    "--mantine-color-error": "#fb7b7f",
    "--ts-surface": "#12171d",
    "--ts-sunken": "#080b0f",
    "--ts-accent-text": "var(--mantine-color-tick-3)",
  },
});
