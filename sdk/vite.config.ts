// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from "vite";

/** `<tickstream-player>` as one script for any page. A media node serves it as `/embed.js`, and what it loads later below `/element/`. */
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    target: "es2022",
    outDir: "dist/element",
    emptyOutDir: true,
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_500,
    rolldownOptions: {
      input: { embed: "src/element/embed.ts" },
      output: { entryFileNames: "[name].js", chunkFileNames: "element/[name]-[hash].js" },
    },
  },
});
