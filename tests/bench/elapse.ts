// SPDX-License-Identifier: Apache-2.0

/** Lets seconds go by: what happens in them is what is measured. */
export function elapse(seconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, seconds * 1_000));
}
