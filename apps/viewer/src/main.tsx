// SPDX-License-Identifier: Apache-2.0
import "@tickstream/ui/color-scheme";
import "@tickstream/ui/styles";
import "./viewer.css";
import { registerServiceWorker, startApp } from "@tickstream/ui";
import { BrowserRouter } from "react-router";
import { App } from "./app.tsx";

await startApp(
  "viewer",
  <BrowserRouter>
    <App />
  </BrowserRouter>,
);
registerServiceWorker();
