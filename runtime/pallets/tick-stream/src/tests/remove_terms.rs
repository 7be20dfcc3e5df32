// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok};

use super::{fixtures::*, mock::*};
use crate::*;

fn remove(version: TermsVersion) -> sp_runtime::DispatchResult {
	TickStream::remove_terms(signed(STRANGER), STREAM, version)
}

#[test]
fn anyone_removes_what_nobody_needs_and_the_creator_gets_the_deposit() {
	test(|| {
		register();
		assert_ok!(add_terms(25));
		jump_to(1 + UPDATE_DELAY);
		let before = free(&CREATOR);
		assert_ok!(remove(1));

		assert_eq!(TermsOf::<Test>::get(STREAM, 1), None);
		assert_eq!(stream().stored_terms.as_slice(), [2]);
		assert_eq!(free(&CREATOR) - before, TERMS_DEPOSIT);
		assert_last(Event::TermsRemoved { stream: STREAM, terms: 1 });
	});
}

#[test]
fn refuses_the_current_terms() {
	test(|| {
		register();
		jump_to(1_000);
		assert_noop!(remove(1), Error::<Test>::TermsStillOpen);
	});
}

#[test]
fn refuses_terms_that_still_open_channels() {
	test(|| {
		register();
		assert_ok!(add_terms(25));
		jump_to(UPDATE_DELAY);
		assert_noop!(remove(1), Error::<Test>::TermsStillOpen);
	});
}

#[test]
fn refuses_terms_that_a_channel_stands_on() {
	test(|| {
		let id = opened();
		assert_ok!(add_terms(25));
		jump_to(1 + UPDATE_DELAY);
		assert_noop!(remove(1), Error::<Test>::TermsInUse);

		close(id, 3);
		assert_ok!(remove(1));
	});
}

#[test]
fn refuses_what_is_not_there() {
	test(|| {
		assert_noop!(remove(1), Error::<Test>::StreamNotFound);
		register();
		assert_noop!(remove(2), Error::<Test>::TermsNotFound);
	});
}
