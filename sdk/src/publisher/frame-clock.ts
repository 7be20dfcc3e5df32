// SPDX-License-Identifier: Apache-2.0

/**
 * Calls back at a steady rate even while the page is hidden: browsers slow a hidden page's timers to one a second
 * and stop its animation frames, but not those of a worker. Whoever shares another tab is hidden all the time.
 *
 * @returns stops it
 */
export function startFrameClock(framesPerSecond: number, onFrame: () => void): () => void {
  if (!(framesPerSecond > 0)) throw new RangeError("a frame clock needs a rate above 0");
  const ticker = `setInterval(() => postMessage(null), ${1_000 / framesPerSecond})`;
  const url = URL.createObjectURL(new Blob([ticker], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  worker.addEventListener("message", onFrame);
  return () => {
    worker.removeEventListener("message", onFrame);
    worker.terminate();
  };
}
