// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchResult;

use super::{fixtures::*, mock::*};
use crate::*;

fn update(who: AccountId, names: &[AccountId]) -> DispatchResult {
	TickStream::update_stream(signed(who), STREAM, operators(names), metadata("renamed"))
}

#[test]
fn replaces_operators_and_metadata_only() {
	test(|| {
		register();
		let before = stream();
		assert_ok!(update(CREATOR, &[OPERATOR]));

		let expected = Stream { operators: operators(&[OPERATOR]), metadata: metadata("renamed"), ..before };
		assert_eq!(stream(), expected);
		assert_last(Event::StreamUpdated {
			stream: STREAM,
			operators: operators(&[OPERATOR]),
			metadata: metadata("renamed"),
		});
	});
}

#[test]
fn leaves_open_channels_their_operator() {
	test(|| {
		let id = opened();
		assert_ok!(update(CREATOR, &[PARTNER]));
		close(id, 3);
	});
}

#[test]
fn refuses_an_unknown_stream() {
	test(|| {
		assert_noop!(update(CREATOR, &[]), Error::<Test>::StreamNotFound);
	});
}

#[test]
fn refuses_anyone_but_the_creator() {
	test(|| {
		register();
		assert_noop!(update(STRANGER, &[]), Error::<Test>::NotCreator);
	});
}

#[test]
fn refuses_a_retired_stream() {
	test(|| {
		opened();
		assert_ok!(TickStream::retire_stream(signed(CREATOR), STREAM));
		assert_noop!(update(CREATOR, &[]), Error::<Test>::StreamRetired);
	});
}

#[test]
fn refuses_an_operator_named_twice() {
	test(|| {
		register();
		assert_noop!(update(CREATOR, &[OPERATOR, OPERATOR]), Error::<Test>::DuplicateOperator);
	});
}
