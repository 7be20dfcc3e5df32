// SPDX-License-Identifier: Apache-2.0
use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::nonce_window::{NonceRefusal, NonceWindow, WINDOW};

#[test]
fn the_first_may_be_any() {
	for nonce in [0, 1, u32::MAX] {
		let window = NonceWindow::default().with(nonce).expect("nothing was used");
		assert_eq!(window.with(nonce), Err(NonceRefusal::Used));
	}
}

#[test]
fn zero_can_be_used_after_one() {
	let window = NonceWindow::default().with(1).and_then(|window| window.with(0)).expect("both are new");
	assert_eq!(window.with(0), Err(NonceRefusal::Used));
}

#[test]
fn a_leap_forgets_all_below_the_window() {
	let window =
		NonceWindow::default().with(5).and_then(|window| window.with(u32::MAX)).expect("both are new");
	assert_eq!(window.used, 0);
	assert_eq!(window.with(u32::MAX - WINDOW - 1), Err(NonceRefusal::TooOld));
	assert!(window.with(u32::MAX - WINDOW).is_ok());
}

proptest! {
	/// Against a plain set: within the window only new nonces pass, below it none.
	#[test]
	fn agrees_with_a_set(nonces in prop::collection::vec(0u32..600, 1..200)) {
		let mut window = NonceWindow::default();
		let mut used = BTreeSet::new();
		for nonce in nonces {
			let too_old = used.last().is_some_and(|highest| nonce + WINDOW < *highest);
			match window.with(nonce) {
				Ok(next) => {
					prop_assert!(!too_old && used.insert(nonce), "{nonce} was new");
					window = next;
				},
				Err(NonceRefusal::Used) => prop_assert!(!too_old && used.contains(&nonce)),
				Err(NonceRefusal::TooOld) => prop_assert!(too_old),
			}
		}
	}
}
