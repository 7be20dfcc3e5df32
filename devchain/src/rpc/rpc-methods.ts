// SPDX-License-Identifier: Apache-2.0
import { authorMethods } from "./author-methods.ts";
import { chainMethods } from "./chain-methods.ts";
import { paymentMethods } from "./payment-methods.ts";
import type { RpcMethods } from "./rpc-method.ts";
import { stateMethods } from "./state-methods.ts";
import { systemMethods } from "./system-methods.ts";

const served: RpcMethods = {
  ...authorMethods,
  ...chainMethods,
  ...paymentMethods,
  ...stateMethods,
  ...systemMethods,
};

/** Every JSON-RPC method that the chain serves. A Map, so that no name reaches an object's prototype. */
export const rpcMethods = new Map(Object.entries(served));
rpcMethods.set("rpc_methods", () => ({ methods: [...rpcMethods.keys()].toSorted() }));
