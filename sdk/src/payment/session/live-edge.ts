// SPDX-License-Identifier: Apache-2.0
import type { Epoch } from "@tickstream/contracts-types";
import type { MediaIndex } from "../../media/media-index.ts";

/** The newest epoch there is, by the playlist or by what the node says, whichever knows more. */
export class LiveEdge {
  readonly #media: MediaIndex;
  readonly #risen: (epoch: Epoch) => void;
  #told: Epoch | null = null;
  #seen: Epoch | null = null;

  /** @param risen runs with each new edge */
  constructor(media: MediaIndex, risen: (epoch: Epoch) => void) {
    this.#media = media;
    this.#risen = risen;
  }

  get epoch(): Epoch | null {
    const { edge } = this.#media;
    if (this.#told === null || edge === null) return this.#told ?? edge;
    return Math.max(this.#told, edge);
  }

  /** The node's word in `terms`: `null` off air. */
  stated(edge: Epoch | null): void {
    this.#told = edge;
    this.look();
  }

  /** The node's word in `due`. */
  due(edge: Epoch): void {
    this.#told = Math.max(this.#told ?? 0, edge);
    this.look();
  }

  /** A playlist came. */
  look(): void {
    const { epoch } = this;
    if (epoch === null || (this.#seen !== null && epoch <= this.#seen)) return;
    this.#seen = epoch;
    this.#risen(epoch);
  }
}
