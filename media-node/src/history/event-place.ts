// SPDX-License-Identifier: Apache-2.0

/** Where an event stands on the chain. */
export interface EventPlace {
  block: number;
  index: number;
}

/** The greatest integer that the database compares places by. */
const MAX = 0x7fff_ffff;

/** A place that somebody named: beyond the database's integers there is nothing either way. */
export function eventPlace(block: number, index: number): EventPlace {
  return { block: Math.min(block, MAX), index: Math.min(index, MAX) };
}
