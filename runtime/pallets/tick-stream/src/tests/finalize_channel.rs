// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok};

use super::{fixtures::*, mock::*};
use crate::*;

fn finalize(id: ChannelId) -> sp_runtime::DispatchResult {
	TickStream::finalize_channel(signed(STRANGER), id)
}

#[test]
fn frees_what_is_left_and_returns_the_deposit() {
	test(|| {
		let id = opened();
		assert_ok!(settle(id, 30));
		jump_to(CHANNEL_EXPIRY + 1);
		assert_ok!(finalize(id));

		assert_eq!(Channels::<Test>::get(id), None);
		assert_eq!((tab().free, tab().set_aside), (TAB_DEPOSIT - OPEN_FEE - 30 * RATE, 0));
		assert_eq!((tab().channels, terms(1).channels), (0, 0));
		assert_eq!(held(HoldReason::ChannelDeposit, &OPERATOR), 0);
		assert_emitted(Event::ChannelEnded { channel: id, paid: 30 * RATE, freed: 70 * RATE });
	});
}

#[test]
fn what_is_freed_opens_the_next_channel() {
	test(|| {
		let id = opened();
		let all = ((TAB_DEPOSIT - 2 * OPEN_FEE) / RATE) as u32;
		let next =
			|now| Commitment { nonce: 2, max_ticks: all, open_by: now, expires_at: now + 1, ..commitment() };
		assert_noop!(open(next(1)), Error::<Test>::TabTooLow);
		jump_to(CHANNEL_EXPIRY + 1);
		assert_ok!(finalize(id));
		assert_ok!(open(next(CHANNEL_EXPIRY + 1)));
	});
}

#[test]
fn returns_the_deposit_to_whoever_paid_it() {
	test(|| {
		register();
		open_tab();
		let signature = device().sign_commitment(&commitment());
		assert_ok!(TickStream::open_channel(signed(PARTNER), commitment(), signature));
		jump_to(CHANNEL_EXPIRY + 1);
		assert_ok!(finalize(id_of(&Commitment { open_by: 11, ..commitment() })));
		assert_eq!(free(&PARTNER), ENDOWMENT);
	});
}

#[test]
fn refuses_before_its_time() {
	test(|| {
		let id = opened();
		jump_to(CHANNEL_EXPIRY);
		assert_noop!(finalize(id), Error::<Test>::ChannelNotOver);
	});
}

#[test]
fn refuses_an_unknown_channel() {
	test(|| {
		assert_noop!(finalize(NO_CHANNEL), Error::<Test>::ChannelNotFound);
	});
}
