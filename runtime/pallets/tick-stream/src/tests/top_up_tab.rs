// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok};
use sp_runtime::TokenError;

use super::{fixtures::*, mock::*};
use crate::*;

#[test]
fn adds_to_what_is_free() {
	test(|| {
		open_tab();
		assert_ok!(TickStream::top_up_tab(signed(VIEWER), TAB, 77));

		assert_eq!(tab().free, TAB_DEPOSIT + 77);
		assert_eq!(free(&escrow()), ALIVE + TAB_DEPOSIT + 77);
		assert_last(Event::TabToppedUp { tab: TAB, amount: 77 });
	});
}

#[test]
fn refuses_an_unknown_tab() {
	test(|| {
		assert_noop!(TickStream::top_up_tab(signed(VIEWER), TAB, 1), Error::<Test>::TabNotFound);
	});
}

#[test]
fn refuses_anyone_but_the_owner() {
	test(|| {
		open_tab();
		assert_noop!(TickStream::top_up_tab(signed(STRANGER), TAB, 1), Error::<Test>::NotTabOwner);
	});
}

#[test]
fn refuses_a_closed_tab() {
	test(|| {
		opened();
		assert_ok!(TickStream::close_tab(signed(VIEWER), TAB));
		assert_noop!(TickStream::top_up_tab(signed(VIEWER), TAB, 1), Error::<Test>::TabClosed);
	});
}

#[test]
fn refuses_an_expired_tab() {
	test(|| {
		open_tab();
		jump_to(TAB_EXPIRY + 1);
		assert_noop!(TickStream::top_up_tab(signed(VIEWER), TAB, 1), Error::<Test>::TabExpired);
	});
}

#[test]
fn refuses_nothing_and_more_than_there_is() {
	test(|| {
		open_tab();
		assert_noop!(TickStream::top_up_tab(signed(VIEWER), TAB, 0), Error::<Test>::ZeroAmount);
		assert_noop!(TickStream::top_up_tab(signed(VIEWER), TAB, ENDOWMENT), TokenError::FundsUnavailable);
		assert_noop!(
			TickStream::top_up_tab(signed(VIEWER), TAB, u128::MAX),
			sp_runtime::ArithmeticError::Overflow
		);
	});
}
