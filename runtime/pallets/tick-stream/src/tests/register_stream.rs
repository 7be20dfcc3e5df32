// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok, BoundedVec};
use sp_runtime::{DispatchResult, Perbill, TokenError};

use super::{fixtures::*, mock::*};
use crate::*;

fn register_with(tick_ms: u32, payees: Payees<AccountId>, operators: Operators<AccountId>) -> DispatchResult {
	let share = Perbill::from_percent(10);
	TickStream::register_stream(signed(CREATOR), RATE, tick_ms, share, payees, operators, metadata("m"))
}

#[test]
fn stores_the_stream_and_its_first_terms() {
	test(|| {
		register_for(RATE, payees(&[(CREATOR, 70), (PARTNER, 30)]), operators(&[OPERATOR]));

		let expected = Stream {
			creator: CREATOR,
			operators: operators(&[OPERATOR]),
			metadata: metadata("a stream"),
			tick_ms: TICK_MS,
			current_terms: 1,
			stored_terms: BoundedVec::truncate_from(vec![1]),
			retired: false,
			deposit: STREAM_DEPOSIT,
		};
		assert_eq!(stream(), expected);
		let expected = Terms {
			rate: RATE,
			operator_share: Perbill::from_percent(10),
			payees: payees(&[(CREATOR, 70), (PARTNER, 30)]),
			replaced_at: None,
			channels: 0,
			deposit: TERMS_DEPOSIT,
		};
		assert_eq!(terms(1), expected);
	});
}

#[test]
fn says_so() {
	test(|| {
		register();

		assert_emitted(Event::StreamRegistered {
			stream: STREAM,
			creator: CREATOR,
			tick_ms: TICK_MS,
			operators: operators(&[]),
			metadata: metadata("a stream"),
		});
		assert_last(Event::TermsAdded {
			stream: STREAM,
			terms: 1,
			rate: RATE,
			operator_share: Perbill::from_percent(10),
			payees: payees(&[(CREATOR, 100)]),
		});
	});
}

#[test]
fn holds_both_deposits() {
	test(|| {
		register();

		assert_eq!(held(HoldReason::StreamDeposit, &CREATOR), STREAM_DEPOSIT);
		assert_eq!(held(HoldReason::TermsDeposit, &CREATOR), TERMS_DEPOSIT);
		assert_eq!(free(&CREATOR), ENDOWMENT - STREAM_DEPOSIT - TERMS_DEPOSIT);
	});
}

#[test]
fn counts_ids_from_one_and_never_reuses_one() {
	test(|| {
		register();
		assert_ok!(TickStream::retire_stream(signed(CREATOR), 1));
		assert_eq!(Streams::<Test>::get(1), None);

		register();
		assert_eq!(Streams::<Test>::iter_keys().collect::<Vec<_>>(), [2]);
	});
}

#[test]
fn takes_a_free_stream() {
	test(|| register_for(0, payees(&[(CREATOR, 100)]), operators(&[])));
}

#[test]
fn refuses_a_tick_of_no_length() {
	test(|| {
		assert_noop!(
			register_with(0, payees(&[(CREATOR, 100)]), operators(&[])),
			Error::<Test>::InvalidTickLength
		);
	});
}

#[test]
fn refuses_shares_that_are_not_the_whole() {
	test(|| {
		for shares in [&[][..], &[(CREATOR, 99)], &[(CREATOR, 60), (PARTNER, 50)]] {
			assert_noop!(
				register_with(TICK_MS, payees(shares), operators(&[])),
				Error::<Test>::SharesNotWhole
			);
		}
	});
}

#[test]
fn refuses_a_payee_without_a_share() {
	test(|| {
		assert_noop!(
			register_with(TICK_MS, payees(&[(CREATOR, 100), (PARTNER, 0)]), operators(&[])),
			Error::<Test>::ZeroShare
		);
	});
}

#[test]
fn refuses_a_payee_named_twice() {
	test(|| {
		assert_noop!(
			register_with(TICK_MS, payees(&[(CREATOR, 50), (CREATOR, 50)]), operators(&[])),
			Error::<Test>::DuplicatePayee
		);
	});
}

#[test]
fn refuses_an_operator_named_twice() {
	test(|| {
		assert_noop!(
			register_with(TICK_MS, payees(&[(CREATOR, 100)]), operators(&[OPERATOR, OPERATOR]),),
			Error::<Test>::DuplicateOperator
		);
	});
}

#[test]
fn refuses_a_creator_who_cannot_pay_the_deposit() {
	test(|| {
		let share = Perbill::from_percent(10);
		let all = payees(&[(GHOST, 100)]);
		let call = |who| {
			TickStream::register_stream(
				signed(who),
				RATE,
				TICK_MS,
				share,
				all.clone(),
				operators(&[]),
				metadata("m"),
			)
		};
		assert_noop!(call(GHOST), TokenError::FundsUnavailable);

		assert_ok!(Balances::transfer_keep_alive(signed(STRANGER), GHOST, ALIVE + STREAM_DEPOSIT));
		assert_noop!(call(GHOST), TokenError::FundsUnavailable);
	});
}

#[test]
fn refuses_an_unsigned_origin() {
	test(|| {
		let share = Perbill::from_percent(10);
		assert_noop!(
			TickStream::register_stream(
				RuntimeOrigin::none(),
				RATE,
				TICK_MS,
				share,
				payees(&[(CREATOR, 100)]),
				operators(&[]),
				metadata("m"),
			),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}
