// SPDX-License-Identifier: Apache-2.0

let loading: Promise<void> | undefined;

/**
 * Where the node runs for development, it also serves a wallet with well-known accounts. It is a script of its own that puts
 * itself into `window.injectedWeb3` as an extension would; from then on it is one wallet among others.
 */
export function loadDevelopmentWallet(): Promise<void> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.type = "module";
    script.src = "/dev-wallet/inject.js";
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => {
      loading = undefined;
      script.remove();
      reject(new Error("The development wallet can't be loaded."));
    });
    document.head.append(script);
  });
  return loading;
}
