// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{Perbill, TokenError};

use super::{fixtures::*, mock::*};
use crate::*;

#[test]
fn adds_a_version_and_keeps_the_old_one() {
	test(|| {
		register();
		jump_to(7);
		assert_ok!(add_terms(25));

		assert_eq!(stream().current_terms, 2);
		assert_eq!(stream().stored_terms.as_slice(), [1, 2]);
		assert_eq!(terms(1).replaced_at, Some(7));
		assert_eq!((terms(2).rate, terms(2).replaced_at), (25, None));
		assert_eq!(held(HoldReason::TermsDeposit, &CREATOR), 2 * TERMS_DEPOSIT);
		assert_last(Event::TermsAdded {
			stream: STREAM,
			terms: 2,
			rate: 25,
			operator_share: Perbill::from_percent(20),
			payees: payees(&[(CREATOR, 100)]),
		});
	});
}

#[test]
fn leaves_open_channels_on_their_terms() {
	test(|| {
		let id = opened();
		assert_ok!(add_terms(25));

		assert_eq!(channel(id).terms, 1);
		assert_eq!(terms(1).channels, 1);
		let before = free(&CREATOR);
		assert_ok!(settle(id, 10));
		assert_eq!(free(&CREATOR) - before, 10 * RATE * 9 / 10);
	});
}

#[test]
fn refuses_an_unknown_stream() {
	test(|| {
		assert_noop!(add_terms(25), Error::<Test>::StreamNotFound);
	});
}

#[test]
fn refuses_anyone_but_the_creator() {
	test(|| {
		register();
		let share = Perbill::from_percent(10);
		assert_noop!(
			TickStream::update_terms(signed(STRANGER), STREAM, 1, share, payees(&[(STRANGER, 100)])),
			Error::<Test>::NotCreator
		);
	});
}

#[test]
fn refuses_a_retired_stream() {
	test(|| {
		opened();
		assert_ok!(TickStream::retire_stream(signed(CREATOR), STREAM));
		assert_noop!(add_terms(25), Error::<Test>::StreamRetired);
	});
}

#[test]
fn refuses_bad_payees() {
	test(|| {
		register();
		let share = Perbill::from_percent(10);
		let call = |shares: &[(AccountId, u32)]| {
			TickStream::update_terms(signed(CREATOR), STREAM, 1, share, payees(shares))
		};
		assert_noop!(call(&[(CREATOR, 99)]), Error::<Test>::SharesNotWhole);
		assert_noop!(call(&[(CREATOR, 100), (PARTNER, 0)]), Error::<Test>::ZeroShare);
		assert_noop!(call(&[(CREATOR, 50), (CREATOR, 50)]), Error::<Test>::DuplicatePayee);
	});
}

#[test]
fn refuses_more_versions_than_a_stream_keeps() {
	test(|| {
		register();
		for rate in 1..u128::from(MAX_TERMS) {
			assert_ok!(add_terms(rate));
		}
		assert_noop!(add_terms(99), Error::<Test>::TooManyTerms);

		jump_to(1 + UPDATE_DELAY);
		assert_ok!(TickStream::remove_terms(signed(STRANGER), STREAM, 1));
		assert_ok!(add_terms(99));
	});
}

#[test]
fn refuses_a_creator_who_cannot_pay_the_deposit() {
	test(|| {
		register();
		let rest = free(&CREATOR) - ALIVE;
		assert_ok!(Balances::transfer_keep_alive(signed(CREATOR), STRANGER, rest));
		assert_noop!(add_terms(25), TokenError::FundsUnavailable);
	});
}
