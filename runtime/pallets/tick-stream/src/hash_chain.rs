// SPDX-License-Identifier: Apache-2.0
//! The PayWord hash chain: `p(n-1) = SHA-256(p(n))`, so whoever shows `p(n)` has paid `n` ticks.

use crate::types::Preimage;

/// Hashes `preimage` down the chain: from `p(n)` to `p(n - steps)`.
pub fn walk_down(preimage: Preimage, steps: u32) -> Preimage {
	(0..steps).fold(preimage, |image, _| sp_io::hashing::sha2_256(&image))
}
