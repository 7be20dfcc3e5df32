// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from "vite";

/** The development wallet: a bundle of its own that no app knows, as an extension would be. The node serves it with `--dev`. */
export default defineConfig({
  base: "/dev-wallet/",
  publicDir: false,
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_500,
    rolldownOptions: {
      input: { inject: "src/inject.ts" },
      output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
    },
  },
});
