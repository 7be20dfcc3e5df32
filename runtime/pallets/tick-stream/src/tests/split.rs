// SPDX-License-Identifier: Apache-2.0
use proptest::prelude::*;
use sp_runtime::Perbill;

use crate::split::{parts_between, parts_of, split_among, Parts};

const WHOLE: u32 = 1_000_000_000;

/// One to eight non-zero shares that sum to one.
fn shares() -> impl Strategy<Value = Vec<Perbill>> {
	prop::collection::btree_set(1..WHOLE, 0..8).prop_map(|cuts| {
		let bounds: Vec<u32> = std::iter::once(0).chain(cuts).chain([WHOLE]).collect();
		bounds.windows(2).map(|pair| Perbill::from_parts(pair[1] - pair[0])).collect()
	})
}

fn operator_share() -> impl Strategy<Value = Perbill> {
	(0..=WHOLE).prop_map(Perbill::from_parts)
}

/// Rates from a planck to the most that a day of ticks can have.
fn rate() -> impl Strategy<Value = u128> {
	(0u32..=111).prop_flat_map(|bits| (1u128 << bits)..(1u128 << (bits + 1)).min(u128::MAX / 86_400))
}

fn add(a: &Parts, b: &Parts) -> Parts {
	let payees = a.payees.iter().zip(&b.payees).map(|(a, b)| a + b).collect();
	Parts { operator: a.operator + b.operator, payees }
}

#[test]
fn nothing_is_lost_on_uneven_shares() {
	let thirds = [333_333_333, 333_333_333, 333_333_334].map(Perbill::from_parts);
	assert_eq!(split_among(10, &thirds), [4, 3, 3]);
	assert_eq!(split_among(1, &thirds), [1, 0, 0]);
	assert_eq!(split_among(u128::MAX, &[Perbill::one()]), [u128::MAX]);
}

#[test]
fn too_much_for_any_number_is_none() {
	assert_eq!(parts_of(2, u128::MAX, Perbill::zero(), &[Perbill::one()]), None);
}

proptest! {
	#[test]
	fn sums_exactly(shares in shares(), operator in operator_share(), rate in rate(), ticks in 0u32..=86_400) {
		let parts = parts_of(ticks, rate, operator, &shares).expect("it fits");
		prop_assert_eq!(parts.total(), rate * u128::from(ticks));
	}

	#[test]
	fn never_falls(shares in shares(), operator in operator_share(), rate in rate(), ticks in 0u32..86_400) {
		let before = parts_of(ticks, rate, operator, &shares).expect("it fits");
		let after = parts_of(ticks + 1, rate, operator, &shares).expect("it fits");
		prop_assert!(after.operator >= before.operator);
		for (after, before) in after.payees.iter().zip(&before.payees) {
			prop_assert!(after >= before);
		}
	}

	#[test]
	fn does_not_depend_on_how_often_one_settles(
		shares in shares(),
		operator in operator_share(),
		rate in rate(),
		mut stops in prop::collection::vec(0u32..=86_400, 1..20),
	) {
		stops.sort_unstable();
		let last = *stops.last().expect("there is a stop");
		let nothing = Parts { operator: 0, payees: vec![0; shares.len()] };
		let (_, summed) = stops.iter().fold((0, nothing), |(from, sum), to| {
			let step = parts_between(from, *to, rate, operator, &shares).expect("no difference is negative");
			(*to, add(&sum, &step))
		});
		prop_assert_eq!(Some(summed), parts_of(last, rate, operator, &shares));
	}
}
