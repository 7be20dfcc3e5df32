// SPDX-License-Identifier: Apache-2.0

/** Browsers that have the Network Information API tell of a change before packets go missing. */
type Connection = EventTarget & { addEventListener(name: "change", listener: () => void): void };

/** Calls back when this device came to another network, until the returned function is called. */
export function onNetworkChange(callback: () => void): () => void {
  const { connection } = navigator as Navigator & { connection?: Connection };
  window.addEventListener("online", callback);
  connection?.addEventListener("change", callback);
  return () => {
    window.removeEventListener("online", callback);
    connection?.removeEventListener("change", callback);
  };
}
