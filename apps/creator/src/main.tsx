// SPDX-License-Identifier: Apache-2.0
import "@tickstream/ui/color-scheme";
import "@tickstream/ui/styles";
import "@tickstream/ui/more-styles";
import "@mantine/core/styles/FloatingIndicator.css";
import "@mantine/core/styles/InlineInput.css";
import "@mantine/core/styles/ThemeIcon.css";
import "./creator.css";
import { registerServiceWorker, startApp } from "@tickstream/ui";
import { BrowserRouter } from "react-router";
import { App } from "./app.tsx";

await startApp(
  "studio",
  <BrowserRouter basename={import.meta.env.BASE_URL}>
    <App />
  </BrowserRouter>,
);
registerServiceWorker();
