// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from "drizzle-kit";

/** `npx drizzle-kit generate --name what-changed`, in this folder, writes the next migration after an edit of the schema. */
export default defineConfig({
  dialect: "postgresql",
  schema: ["./src/database/schema.ts", "./src/database/history-schema.ts"],
  out: "./migrations",
});
