// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok};

use super::{fixtures::*, mock::*};
use crate::*;

#[test]
fn the_old_key_opens_nothing_more() {
	test(|| {
		let id = opened();
		assert_ok!(TickStream::set_session_key(signed(VIEWER), TAB, other_device().key()));
		assert_last(Event::SessionKeySet { tab: TAB, session_key: other_device().key() });

		let next = Commitment { nonce: 2, ..commitment() };
		assert_noop!(open(next.clone()), Error::<Test>::InvalidSignature);
		let signature = other_device().sign_commitment(&next);
		assert_ok!(TickStream::open_channel(signed(OPERATOR), next, signature));
		assert_ok!(settle(id, 5));
	});
}

#[test]
fn refuses_an_unknown_tab() {
	test(|| {
		assert_noop!(
			TickStream::set_session_key(signed(VIEWER), TAB, device().key()),
			Error::<Test>::TabNotFound
		);
	});
}

#[test]
fn refuses_anyone_but_the_owner() {
	test(|| {
		open_tab();
		assert_noop!(
			TickStream::set_session_key(signed(STRANGER), TAB, other_device().key()),
			Error::<Test>::NotTabOwner
		);
	});
}
