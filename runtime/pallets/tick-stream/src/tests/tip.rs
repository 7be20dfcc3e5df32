// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok};
use sp_runtime::TokenError;

use super::{fixtures::*, mock::*};
use crate::*;

fn tip(amount: u128) -> sp_runtime::DispatchResult {
	TickStream::tip(signed(VIEWER), STREAM, amount, note("thank you"))
}

#[test]
fn goes_to_the_payees_by_their_shares() {
	test(|| {
		register_for(RATE, payees(&[(CREATOR, 75), (PARTNER, 25)]), operators(&[]));
		let before = [free(&CREATOR), free(&PARTNER), free(&OPERATOR)];
		assert_ok!(tip(1_003));
		let after = [free(&CREATOR), free(&PARTNER), free(&OPERATOR)];
		assert_eq!([after[0] - before[0], after[1] - before[1], after[2] - before[2]], [753, 250, 0]);
		assert_eq!(free(&VIEWER), ENDOWMENT - 1_003);
		assert_last(Event::Tipped { stream: STREAM, from: VIEWER, amount: 1_003, note: note("thank you") });
	});
}

#[test]
fn a_share_its_payee_cannot_take_goes_to_the_creator() {
	test(|| {
		register_for(RATE, payees(&[(CREATOR, 75), (GHOST, 25)]), operators(&[]));
		let before = free(&CREATOR);
		assert_ok!(tip(100));
		assert_eq!((free(&CREATOR) - before, free(&GHOST)), (100, 0));
		assert_emitted(Event::ShareRedirected { stream: STREAM, payee: GHOST, amount: 25 });
	});
}

#[test]
fn a_free_stream_takes_tips() {
	test(|| {
		register_for(0, payees(&[(CREATOR, 100)]), operators(&[]));
		assert_ok!(tip(1));
	});
}

#[test]
fn refuses_nothing() {
	test(|| {
		register();
		assert_noop!(tip(0), Error::<Test>::ZeroAmount);
	});
}

#[test]
fn refuses_an_unknown_stream() {
	test(|| {
		assert_noop!(tip(1), Error::<Test>::StreamNotFound);
	});
}

#[test]
fn refuses_a_retired_stream() {
	test(|| {
		opened();
		assert_ok!(TickStream::retire_stream(signed(CREATOR), STREAM));
		assert_noop!(tip(1), Error::<Test>::StreamRetired);
	});
}

#[test]
fn refuses_more_than_the_tipper_has_and_pays_nobody_a_part_of_it() {
	test(|| {
		register_for(RATE, payees(&[(CREATOR, 50), (PARTNER, 50)]), operators(&[]));
		assert_noop!(tip(4 * ENDOWMENT), TokenError::FundsUnavailable);
		// Half of it is there, all of it is not.
		assert_noop!(tip(ENDOWMENT + 2), TokenError::FundsUnavailable);
	});
}
