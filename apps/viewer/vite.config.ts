// SPDX-License-Identifier: Apache-2.0
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The watch page. A media node serves `dist` at its root, beside its API, media and pay socket. */
export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_500,
  },
  server: {
    proxy: {
      "/api": "http://localhost:8080",
      "/live": "http://localhost:8080",
      "/pay": { target: "ws://localhost:8080", ws: true },
    },
  },
});
