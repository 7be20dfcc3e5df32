// SPDX-License-Identifier: Apache-2.0

/** simple-peer's browser build: the same exports. */
declare module "simple-peer/simplepeer.min.js" {
  import SimplePeer from "simple-peer";
  export default SimplePeer;
}
