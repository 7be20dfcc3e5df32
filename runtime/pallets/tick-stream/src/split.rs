// SPDX-License-Identifier: Apache-2.0
//! Who gets what of `n` ticks.
//!
//! Every figure is cumulative over a channel and a settlement from `a` to `b` pays the difference, so the sums do not
//! depend on how often one settles. Each figure never falls as `n` grows, and together they are `n × rate` exactly.

use alloc::{vec, vec::Vec};
use sp_runtime::Perbill;

/// The parts of an amount: the operator's, and each payee's in the order of the terms.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parts {
	pub operator: u128,
	pub payees: Vec<u128>,
}

impl Parts {
	/// All of it together.
	pub fn total(&self) -> u128 {
		self.payees.iter().fold(self.operator, |sum, part| sum.saturating_add(*part))
	}
}

/// `floor(amount × share / whole)` for `share <= whole <= 10^9`, without the product that could overflow.
/// (`Perbill * amount` rounds to nearest, which would not sum up.)
fn floor_of(amount: u128, share: u32, whole: u32) -> u128 {
	let (share, whole) = (u128::from(share), u128::from(whole));
	(amount / whole) * share + (amount % whole) * share / whole
}

/// Splits `amount` by `shares`, which are non-zero and sum to one.
/// Payees 1, 2, … take in turn their floor of what is left, measured by the shares not yet served; payee 0 has the rest.
pub fn split_among(amount: u128, shares: &[Perbill]) -> Vec<u128> {
	let mut parts = vec![0; shares.len()];
	let mut rest = amount;
	let mut unserved = Perbill::one().deconstruct();
	for (part, share) in parts.iter_mut().zip(shares).skip(1) {
		*part = floor_of(rest, share.deconstruct(), unserved);
		rest -= *part;
		unserved -= share.deconstruct();
	}
	if let Some(first) = parts.first_mut() {
		*first = rest;
	}
	parts
}

/// The cumulative parts of the first `ticks` ticks; `None` where `ticks × rate` has no 128 bits.
pub fn parts_of(ticks: u32, rate: u128, operator_share: Perbill, shares: &[Perbill]) -> Option<Parts> {
	let total = rate.checked_mul(u128::from(ticks))?;
	let operator = floor_of(total, operator_share.deconstruct(), Perbill::one().deconstruct());
	Some(Parts { operator, payees: split_among(total - operator, shares) })
}

/// What a settlement from `from` to `to` ticks pays.
pub fn parts_between(
	from: u32,
	to: u32,
	rate: u128,
	operator_share: Perbill,
	shares: &[Perbill],
) -> Option<Parts> {
	let (before, after) =
		(parts_of(from, rate, operator_share, shares)?, parts_of(to, rate, operator_share, shares)?);
	let payees: Option<Vec<u128>> =
		after.payees.iter().zip(&before.payees).map(|(after, before)| after.checked_sub(*before)).collect();
	Some(Parts { operator: after.operator.checked_sub(before.operator)?, payees: payees? })
}
