// SPDX-License-Identifier: Apache-2.0
import { TickstreamPlayerElement } from "./tickstream-player.ts";

export { TickstreamPlayerElement };
export type { TickstreamPlayerEvents } from "./tickstream-player.ts";

declare global {
  interface HTMLElementTagNameMap {
    "tickstream-player": TickstreamPlayerElement;
  }
}

/** Makes `<tickstream-player>` known to the page; once, however often it is called. */
export function defineTickstreamPlayer(): void {
  if (customElements.get("tickstream-player") === undefined) {
    customElements.define("tickstream-player", TickstreamPlayerElement);
  }
}
