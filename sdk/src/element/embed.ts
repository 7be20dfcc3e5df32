// SPDX-License-Identifier: Apache-2.0

// What `<script type="module" src="https://node.example/embed.js">` loads.
import { defineTickstreamPlayer } from "./index.ts";

defineTickstreamPlayer();
