// SPDX-License-Identifier: Apache-2.0
//! Which nonces of a tab were used: the highest, and a window of 128 below it. Older ones count as used.

use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// How far below the highest used nonce a new one may lie.
pub const WINDOW: u32 = u128::BITS;

#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct NonceWindow {
	/// The highest nonce used; none before the first.
	pub highest: Option<u32>,
	/// Bit `i` says whether `highest - 1 - i` was used.
	pub used: u128,
}

/// Why a nonce can't be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NonceRefusal {
	Used,
	TooOld,
}

impl NonceWindow {
	/// The window after using `nonce`, or why it can't be used.
	pub fn with(self, nonce: u32) -> Result<Self, NonceRefusal> {
		let Some(highest) = self.highest else {
			return Ok(Self { highest: Some(nonce), used: 0 });
		};
		if nonce > highest {
			let rise = nonce - highest;
			// Everything moves down by `rise`, and the old highest itself enters at bit `rise - 1`.
			let moved = self.used.checked_shl(rise).unwrap_or(0);
			let entered = 1u128.checked_shl(rise - 1).unwrap_or(0);
			return Ok(Self { highest: Some(nonce), used: moved | entered });
		}
		let below = highest - nonce;
		if below == 0 {
			return Err(NonceRefusal::Used);
		}
		let bit = 1u128.checked_shl(below - 1).ok_or(NonceRefusal::TooOld)?;
		if self.used & bit != 0 {
			return Err(NonceRefusal::Used);
		}
		Ok(Self { highest: self.highest, used: self.used | bit })
	}
}
