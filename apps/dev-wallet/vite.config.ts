// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from "vite";

/** The development wallet: a bundle of its own that no app knows, as an extension would be. */
export default defineConfig({
  publicDir: false,
  build: {
    target: "es2022",
    outDir: "../viewer/dist/dev-wallet",
    emptyOutDir: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_500,
    rolldownOptions: {
      input: { inject: "src/inject.ts" },
      output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
    },
  },
  base: "/dev-wallet/",
});
