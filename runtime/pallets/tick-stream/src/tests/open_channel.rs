// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{ArithmeticError, TokenError};

use super::{fixtures::*, mock::*};
use crate::*;

/// A stream, a tab, and a refused variant of the usual commitment.
fn refused(change: impl FnOnce(&mut Commitment<AccountId>), error: Error<Test>) {
	test(|| {
		register();
		open_tab();
		let mut commitment = commitment();
		change(&mut commitment);
		assert_noop!(open(commitment), error);
	});
}

#[test]
fn sets_aside_the_maximum_and_pays_the_fee() {
	test(|| {
		let id = opened();

		let expected = Channel {
			tab: TAB,
			stream: STREAM,
			terms: FIRST_TERMS,
			operator: OPERATOR,
			max_ticks: TICKS,
			settled: 0,
			proof: preimage(0),
			end: CHANNEL_EXPIRY,
			close_requested: false,
			depositor: OPERATOR,
			deposit: CHANNEL_DEPOSIT,
		};
		assert_eq!(channel(id), expected);
		assert_eq!((tab().free, tab().set_aside), (TAB_DEPOSIT - SET_ASIDE - OPEN_FEE, SET_ASIDE));
		assert_eq!((tab().channels, tab().nonces.highest), (1, Some(1)));
		assert_eq!(terms(1).channels, 1);
		assert!(ChannelsOf::<Test>::contains_key(TAB, id));
		assert_eq!(free(&OPERATOR), ENDOWMENT + OPEN_FEE - CHANNEL_DEPOSIT);
		assert_eq!(held(HoldReason::ChannelDeposit, &OPERATOR), CHANNEL_DEPOSIT);
		assert_last(Event::ChannelOpened { channel: id, commitment: commitment() });
	});
}

#[test]
fn takes_an_sr25519_key() {
	test(|| {
		register();
		let key = other_device().key();
		assert_ok!(TickStream::open_tab(signed(VIEWER), TAB_DEPOSIT, key, TAB_EXPIRY));
		let signature = other_device().sign_commitment(&commitment());
		assert_ok!(TickStream::open_channel(signed(OPERATOR), commitment(), signature));
	});
}

#[test]
fn anyone_may_open_it_and_pays_the_deposit() {
	test(|| {
		register();
		open_tab();
		let signature = device().sign_commitment(&commitment());
		assert_ok!(TickStream::open_channel(signed(STRANGER), commitment(), signature));
		assert_eq!(held(HoldReason::ChannelDeposit, &STRANGER), CHANNEL_DEPOSIT);
		assert_eq!(free(&OPERATOR), ENDOWMENT + OPEN_FEE);
	});
}

#[test]
fn a_fee_its_operator_cannot_take_goes_to_the_creator() {
	test(|| {
		register();
		open_tab();
		let commitment = Commitment { operator: GHOST, ..commitment() };
		let before = free(&CREATOR);
		assert_ok!(open(commitment));
		assert_eq!(free(&CREATOR) - before, OPEN_FEE);
		assert_emitted(Event::ShareRedirected { stream: STREAM, payee: GHOST, amount: OPEN_FEE });
	});
}

#[test]
fn replaced_terms_open_for_a_while() {
	test(|| {
		register();
		open_tab();
		assert_ok!(add_terms(25));
		jump_to(UPDATE_DELAY);
		open_usual();
		jump_to(1 + UPDATE_DELAY);
		assert_noop!(open(Commitment { nonce: 2, ..commitment() }), Error::<Test>::TermsReplaced);
	});
}

#[test]
fn a_commitment_opens_once() {
	test(|| {
		let id = opened();
		assert_noop!(open(commitment()), Error::<Test>::NonceUsed);
		close(id, 3);
		assert_noop!(open(commitment()), Error::<Test>::NonceUsed);
	});
}

#[test]
fn nonces_need_no_order_within_the_window() {
	test(|| {
		register();
		open_tab();
		assert_ok!(TickStream::top_up_tab(signed(VIEWER), TAB, 100_000));
		for nonce in [200, 72, 199, 300] {
			assert_ok!(open(Commitment { nonce, ..commitment() }));
		}
		assert_noop!(open(Commitment { nonce: 199, ..commitment() }), Error::<Test>::NonceUsed);
		assert_noop!(open(Commitment { nonce: 171, ..commitment() }), Error::<Test>::NonceTooOld);
		assert_ok!(open(Commitment { nonce: 172, ..commitment() }));
	});
}

#[test]
fn refuses_an_unknown_tab() {
	refused(|commitment| commitment.tab = 9, Error::TabNotFound);
}

#[test]
fn refuses_a_closed_tab() {
	test(|| {
		opened();
		assert_ok!(TickStream::close_tab(signed(VIEWER), TAB));
		assert_noop!(open(Commitment { nonce: 2, ..commitment() }), Error::<Test>::TabClosed);
	});
}

#[test]
fn refuses_an_expired_tab() {
	test(|| {
		register();
		open_tab();
		jump_to(TAB_EXPIRY + 1);
		assert_noop!(open(commitment()), Error::<Test>::TabExpired);
	});
}

#[test]
fn refuses_an_unknown_stream() {
	refused(|commitment| commitment.stream = 9, Error::StreamNotFound);
}

#[test]
fn refuses_a_retired_stream() {
	test(|| {
		opened();
		assert_ok!(TickStream::retire_stream(signed(CREATOR), STREAM));
		assert_noop!(open(Commitment { nonce: 2, ..commitment() }), Error::<Test>::StreamRetired);
	});
}

#[test]
fn refuses_unknown_terms() {
	refused(|commitment| commitment.terms = 2, Error::TermsNotFound);
}

#[test]
fn refuses_another_rate_than_the_terms() {
	refused(|commitment| commitment.rate = RATE - 1, Error::RateMismatch);
}

#[test]
fn refuses_a_free_stream() {
	test(|| {
		register_for(0, payees(&[(CREATOR, 100)]), operators(&[]));
		open_tab();
		assert_noop!(open(Commitment { rate: 0, ..commitment() }), Error::<Test>::StreamIsFree);
	});
}

#[test]
fn refuses_an_operator_the_stream_does_not_name() {
	test(|| {
		register_for(RATE, payees(&[(CREATOR, 100)]), operators(&[PARTNER]));
		open_tab();
		assert_noop!(open(commitment()), Error::<Test>::OperatorNotAllowed);
		assert_ok!(open(Commitment { operator: PARTNER, ..commitment() }));
	});
}

#[test]
fn refuses_to_open_after_its_time() {
	test(|| {
		register();
		open_tab();
		let commitment = Commitment { open_by: 5, ..commitment() };
		jump_to(6);
		assert_noop!(open(commitment.clone()), Error::<Test>::OpenTooLate);
		jump_to(5);
		assert_ok!(open(commitment));
	});
}

#[test]
fn refuses_to_wait_too_long() {
	refused(|commitment| commitment.open_by = 1 + MAX_OPEN_DELAY + 1, Error::OpenByTooFar);
}

#[test]
fn refuses_too_high_a_fee() {
	refused(|commitment| commitment.open_fee = MAX_OPEN_FEE + 1, Error::OpenFeeTooHigh);
}

#[test]
fn refuses_no_ticks_and_too_many() {
	refused(|commitment| commitment.max_ticks = 0, Error::InvalidMaxTicks);
	refused(|commitment| commitment.max_ticks = MAX_TICKS + 1, Error::InvalidMaxTicks);
}

#[test]
fn refuses_an_expiry_that_is_not_ahead() {
	refused(|commitment| commitment.expires_at = 1, Error::ExpiryInPast);
}

#[test]
fn refuses_to_outlive_the_tab() {
	refused(|commitment| commitment.expires_at = TAB_EXPIRY + 1, Error::ChannelOutlivesTab);
}

#[test]
fn refuses_too_long_a_life() {
	test(|| {
		register();
		assert_ok!(TickStream::open_tab(signed(VIEWER), TAB_DEPOSIT, device().key(), u32::MAX));
		let longest = 1 + MAX_CHANNEL_LIFE;
		assert_noop!(
			open(Commitment { expires_at: longest + 1, ..commitment() }),
			Error::<Test>::ChannelLifeTooLong
		);
		assert_ok!(open(Commitment { expires_at: longest, ..commitment() }));
	});
}

#[test]
fn refuses_dust() {
	refused(|commitment| commitment.max_ticks = (MIN_CHANNEL / RATE) as u32 - 1, Error::ChannelTooSmall);
}

#[test]
fn refuses_more_than_the_tab_has() {
	let most = ((TAB_DEPOSIT - OPEN_FEE) / RATE) as u32;
	refused(|commitment| commitment.max_ticks = most + 1, Error::TabTooLow);
	test(|| {
		register();
		open_tab();
		assert_ok!(open(Commitment { max_ticks: most, ..commitment() }));
	});
}

#[test]
fn refuses_a_maximum_beyond_any_number() {
	test(|| {
		register_for(u128::MAX / 2, payees(&[(CREATOR, 100)]), operators(&[]));
		open_tab();
		let commitment = Commitment { rate: u128::MAX / 2, max_ticks: 3, ..commitment() };
		assert_noop!(open(commitment), ArithmeticError::Overflow);
	});
}

#[test]
fn refuses_a_signature_of_another_key_or_over_other_bytes() {
	test(|| {
		register();
		open_tab();
		let open_with = |signature| TickStream::open_channel(signed(OPERATOR), commitment(), signature);
		let other = Commitment { max_ticks: TICKS - 1, ..commitment() };
		assert_noop!(open_with([0; 64]), Error::<Test>::InvalidSignature);
		assert_noop!(
			open_with(other_device().sign_commitment(&commitment())),
			Error::<Test>::InvalidSignature
		);
		assert_noop!(open_with(device().sign_commitment(&other)), Error::<Test>::InvalidSignature);
	});
}

#[test]
fn refuses_a_signature_for_another_chain() {
	test(|| {
		register();
		open_tab();
		let elsewhere = crate::commitment::encode_commitment(sp_core::H256([0x71; 32]), &commitment());
		assert_noop!(
			TickStream::open_channel(signed(OPERATOR), commitment(), device().sign(&elsewhere)),
			Error::<Test>::InvalidSignature
		);
	});
}

#[test]
fn refuses_a_caller_who_cannot_pay_the_deposit() {
	test(|| {
		register();
		open_tab();
		let signature = device().sign_commitment(&commitment());
		assert_noop!(
			TickStream::open_channel(signed(GHOST), commitment(), signature),
			TokenError::FundsUnavailable
		);
	});
}
