// SPDX-License-Identifier: Apache-2.0
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The creator's app. A media node serves `dist` at /studio/, beside the viewer's app. */
export default defineConfig({
  base: "/studio/",
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
      "/whip": "http://localhost:8080",
      "/signal": { target: "ws://localhost:8080", ws: true },
    },
  },
});
