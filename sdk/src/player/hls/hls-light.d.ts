// SPDX-License-Identifier: Apache-2.0

// hls.js ships a build without alternate audio, subtitles and DRM, and no types for it.
declare module "hls.js/light" {
  import Hls from "hls.js";
  export default Hls;
}
