// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok};

use super::{fixtures::*, mock::*};
use crate::*;

#[test]
fn without_channels_it_goes_at_once_and_all_deposits_return() {
	test(|| {
		register();
		assert_ok!(add_terms(25));
		assert_ok!(TickStream::retire_stream(signed(CREATOR), STREAM));

		assert_eq!(Streams::<Test>::get(STREAM), None);
		assert_eq!(TermsOf::<Test>::iter_prefix(STREAM).count(), 0);
		assert_eq!(free(&CREATOR), ENDOWMENT);
		assert_emitted(Event::StreamRetired { stream: STREAM });
		assert_emitted(Event::TermsRemoved { stream: STREAM, terms: 1 });
		assert_emitted(Event::TermsRemoved { stream: STREAM, terms: 2 });
		assert_last(Event::StreamRemoved { stream: STREAM });
	});
}

#[test]
fn with_channels_it_goes_with_the_last_one() {
	test(|| {
		let first = opened();
		assert_ok!(add_terms(RATE));
		let second = Commitment { nonce: 2, terms: 2, ..commitment() };
		let second_id = id_of(&second);
		assert_ok!(open(second));
		assert_ok!(add_terms(99));
		assert_ok!(TickStream::retire_stream(signed(CREATOR), STREAM));
		assert!(stream().retired);
		assert_eq!(stream().stored_terms.as_slice(), [1, 2]);

		close(first, 3);
		assert_eq!(stream().stored_terms.as_slice(), [2]);
		close(second_id, 0);
		assert_eq!(Streams::<Test>::get(STREAM), None);
		assert_eq!(held(HoldReason::StreamDeposit, &CREATOR), 0);
		assert_eq!(held(HoldReason::TermsDeposit, &CREATOR), 0);
		assert_emitted(Event::StreamRemoved { stream: STREAM });
	});
}

#[test]
fn open_channels_still_settle() {
	test(|| {
		let id = opened();
		assert_ok!(TickStream::retire_stream(signed(CREATOR), STREAM));
		assert_ok!(settle(id, 5));
	});
}

#[test]
fn refuses_an_unknown_stream() {
	test(|| {
		assert_noop!(TickStream::retire_stream(signed(CREATOR), STREAM), Error::<Test>::StreamNotFound);
	});
}

#[test]
fn refuses_anyone_but_the_creator() {
	test(|| {
		register();
		assert_noop!(TickStream::retire_stream(signed(STRANGER), STREAM), Error::<Test>::NotCreator);
	});
}

#[test]
fn refuses_a_second_time() {
	test(|| {
		opened();
		assert_ok!(TickStream::retire_stream(signed(CREATOR), STREAM));
		assert_noop!(TickStream::retire_stream(signed(CREATOR), STREAM), Error::<Test>::StreamRetired);
	});
}
