// SPDX-License-Identifier: Apache-2.0
// `ValidateUnsigned` is what wallets know; see the pallet.
#![allow(deprecated)]

use frame_support::{assert_noop, assert_ok};
use sp_runtime::{
	traits::ValidateUnsigned,
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidity},
	DispatchError, DispatchResult,
};

use super::{fixtures::*, mock::*};
use crate::*;

fn request(id: ChannelId, signature: RawSignature) -> DispatchResult {
	TickStream::request_close_by_session_key(RuntimeOrigin::none(), id, signature)
}

fn validate(channel: ChannelId, signature: RawSignature) -> TransactionValidity {
	let call = Call::request_close_by_session_key { channel, signature };
	TickStream::validate_unsigned(TransactionSource::External, &call)
}

#[test]
fn ends_the_channel_after_the_grace_without_a_wallet() {
	test(|| {
		let id = opened();
		let signature = device().sign_close(id);
		let valid = validate(id, signature).expect("the pool takes it");
		assert!(valid.propagate);
		assert_eq!(valid.provides.len(), 1);
		assert_ok!(TickStream::pre_dispatch(&Call::request_close_by_session_key { channel: id, signature }));

		assert_ok!(request(id, signature));
		assert_eq!((channel(id).end, channel(id).close_requested), (1 + GRACE, true));
		assert_last(Event::CloseRequested { channel: id, end: 1 + GRACE });
	});
}

#[test]
fn the_tabs_current_key_counts() {
	test(|| {
		let id = opened();
		assert_ok!(TickStream::set_session_key(signed(VIEWER), TAB, other_device().key()));
		assert_noop!(request(id, device().sign_close(id)), Error::<Test>::InvalidSignature);
		assert_eq!(validate(id, device().sign_close(id)), InvalidTransaction::BadProof.into());
		assert_ok!(validate(id, other_device().sign_close(id)));
		assert_ok!(request(id, other_device().sign_close(id)));
	});
}

#[test]
fn works_once_a_channel() {
	test(|| {
		let id = opened();
		let signature = device().sign_close(id);
		assert_ok!(request(id, signature));
		assert_noop!(request(id, signature), Error::<Test>::CloseAlreadyRequested);
		assert_eq!(validate(id, signature), InvalidTransaction::Stale.into());
		assert_noop!(TickStream::request_close(signed(VIEWER), id), Error::<Test>::CloseAlreadyRequested);
	});
}

#[test]
fn refuses_an_unknown_channel_and_one_whose_time_is_over() {
	test(|| {
		let signature = device().sign_close(NO_CHANNEL);
		assert_noop!(request(NO_CHANNEL, signature), Error::<Test>::ChannelNotFound);
		assert_eq!(validate(NO_CHANNEL, signature), InvalidTransaction::Stale.into());

		let id = opened();
		jump_to(CHANNEL_EXPIRY + 1);
		assert_noop!(request(id, device().sign_close(id)), Error::<Test>::ChannelOver);
		assert_eq!(validate(id, device().sign_close(id)), InvalidTransaction::Stale.into());
	});
}

#[test]
fn refuses_a_signature_over_anything_else() {
	test(|| {
		let id = opened();
		for message in [&b""[..], id.as_bytes(), &commitment::encode_close(NO_CHANNEL, id)] {
			assert_noop!(request(id, device().sign(message)), Error::<Test>::InvalidSignature);
		}
	});
}

#[test]
fn refuses_a_signed_origin() {
	test(|| {
		let id = opened();
		assert_noop!(
			TickStream::request_close_by_session_key(signed(VIEWER), id, device().sign_close(id)),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn no_other_call_may_be_unsigned() {
	test(|| {
		let id = opened();
		let call = Call::finalize_channel { channel: id };
		assert_eq!(
			TickStream::validate_unsigned(TransactionSource::Local, &call),
			InvalidTransaction::Call.into()
		);
	});
}
