// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok};
use sp_runtime::TokenError;

use super::{fixtures::*, mock::*};
use crate::{nonce_window::NonceWindow, *};

#[test]
fn moves_the_deposit_into_escrow() {
	test(|| {
		open_tab();

		let expected = Tab {
			owner: VIEWER,
			session_key: device().key(),
			expires_at: TAB_EXPIRY,
			free: TAB_DEPOSIT,
			set_aside: 0,
			claimable: 0,
			nonces: NonceWindow::default(),
			channels: 0,
			closed: false,
		};
		assert_eq!(tab(), expected);
		assert_eq!(free(&VIEWER), ENDOWMENT - TAB_DEPOSIT);
		assert_eq!(free(&escrow()), ALIVE + TAB_DEPOSIT);
		assert!(TabsOf::<Test>::contains_key(VIEWER, TAB));
		assert_last(Event::TabOpened {
			tab: TAB,
			owner: VIEWER,
			deposit: TAB_DEPOSIT,
			session_key: device().key(),
			expires_at: TAB_EXPIRY,
		});
	});
}

#[test]
fn one_owner_may_have_several() {
	test(|| {
		open_tab();
		assert_ok!(TickStream::open_tab(signed(VIEWER), MIN_TAB, other_device().key(), 2));
		assert_eq!(TabsOf::<Test>::iter_key_prefix(VIEWER).count(), 2);
	});
}

#[test]
fn never_reuses_an_id() {
	test(|| {
		open_tab();
		assert_ok!(TickStream::close_tab(signed(VIEWER), TAB));
		open_tab();
		assert_eq!(Tabs::<Test>::iter_keys().collect::<Vec<_>>(), [2]);
	});
}

#[test]
fn refuses_a_deposit_that_is_too_small() {
	test(|| {
		assert_noop!(
			TickStream::open_tab(signed(VIEWER), MIN_TAB - 1, device().key(), TAB_EXPIRY),
			Error::<Test>::DepositTooSmall
		);
	});
}

#[test]
fn refuses_an_expiry_that_is_not_ahead() {
	test(|| {
		jump_to(20);
		assert_noop!(
			TickStream::open_tab(signed(VIEWER), TAB_DEPOSIT, device().key(), 20),
			Error::<Test>::ExpiryInPast
		);
	});
}

#[test]
fn refuses_a_wallet_that_cannot_pay_or_would_die_of_it() {
	test(|| {
		let call = |deposit| TickStream::open_tab(signed(VIEWER), deposit, device().key(), TAB_EXPIRY);
		assert_noop!(call(ENDOWMENT + 1), TokenError::FundsUnavailable);
		assert_noop!(call(ENDOWMENT - ALIVE + 1), TokenError::NotExpendable);
		assert_ok!(call(ENDOWMENT - ALIVE));
	});
}
