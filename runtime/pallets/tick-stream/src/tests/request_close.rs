// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok};

use super::{fixtures::*, mock::*};
use crate::*;

fn request(who: AccountId, id: ChannelId) -> sp_runtime::DispatchResult {
	TickStream::request_close(signed(who), id)
}

#[test]
fn ends_the_channel_after_the_grace() {
	test(|| {
		let id = opened();
		jump_to(100);
		assert_ok!(request(VIEWER, id));
		assert_eq!((channel(id).end, channel(id).close_requested), (100 + GRACE, true));
		assert_last(Event::CloseRequested { channel: id, end: 100 + GRACE });

		jump_to(100 + GRACE);
		assert_ok!(settle(id, 5));
		jump_to(101 + GRACE);
		assert_noop!(settle(id, 6), Error::<Test>::ChannelOver);
		assert_ok!(TickStream::finalize_channel(signed(STRANGER), id));
	});
}

#[test]
fn never_puts_the_end_off() {
	test(|| {
		let id = opened();
		jump_to(CHANNEL_EXPIRY - 10);
		assert_ok!(request(VIEWER, id));
		assert_eq!(channel(id).end, CHANNEL_EXPIRY);
	});
}

#[test]
fn works_on_a_closed_tab() {
	test(|| {
		let id = opened();
		assert_ok!(TickStream::close_tab(signed(VIEWER), TAB));
		assert_ok!(request(VIEWER, id));
	});
}

#[test]
fn refuses_an_unknown_channel() {
	test(|| {
		assert_noop!(request(VIEWER, NO_CHANNEL), Error::<Test>::ChannelNotFound);
	});
}

#[test]
fn refuses_anyone_but_the_tabs_owner() {
	test(|| {
		let id = opened();
		assert_noop!(request(OPERATOR, id), Error::<Test>::NotTabOwner);
	});
}

#[test]
fn refuses_a_second_time() {
	test(|| {
		let id = opened();
		assert_ok!(request(VIEWER, id));
		assert_noop!(request(VIEWER, id), Error::<Test>::CloseAlreadyRequested);
	});
}

#[test]
fn refuses_a_channel_whose_time_is_over() {
	test(|| {
		let id = opened();
		jump_to(CHANNEL_EXPIRY + 1);
		assert_noop!(request(VIEWER, id), Error::<Test>::ChannelOver);
	});
}
