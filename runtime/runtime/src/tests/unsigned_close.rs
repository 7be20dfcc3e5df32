// SPDX-License-Identifier: GPL-3.0-only

use frame_support::{assert_ok, BoundedVec};
use pallet_tick_stream::{
	commitment::{channel_id, encode_close, encode_commitment},
	Call, ChannelId, Channels, Commitment, Payee, SessionKey,
};
use sp_core::{ed25519, Pair};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError},
	Perbill,
};

use super::*;

fn device() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[7; 32])
}

/// A stream, a tab and a channel.
fn opened() -> ChannelId {
	let [creator, operator, viewer] =
		[Sr25519Keyring::Bob, Sr25519Keyring::Charlie, Sr25519Keyring::Dave].map(|key| key.to_account_id());
	let payees = BoundedVec::truncate_from(vec![Payee { account: creator.clone(), share: Perbill::one() }]);
	assert_ok!(TickStream::register_stream(
		RuntimeOrigin::signed(creator),
		UNIT / 100,
		1_000,
		Perbill::from_percent(10),
		payees,
		Default::default(),
		Default::default(),
	));
	let key = SessionKey::Ed25519(device().public().0);
	assert_ok!(TickStream::open_tab(RuntimeOrigin::signed(viewer), 10 * UNIT, key, 1_000));
	let commitment = Commitment {
		tab: 1,
		nonce: 1,
		open_by: 10,
		stream: 1,
		terms: 1,
		rate: UNIT / 100,
		operator: operator.clone(),
		open_fee: 0,
		anchor: [0; 32],
		max_ticks: 600,
		expires_at: 1_000,
	};
	let encoded = encode_commitment(GENESIS, &commitment);
	let signature = device().sign(&encoded).0;
	assert_ok!(TickStream::open_channel(RuntimeOrigin::signed(operator), commitment, signature));
	channel_id(&encoded)
}

fn close(channel: ChannelId, signature: [u8; 64]) -> UncheckedExtrinsic {
	UncheckedExtrinsic::new_bare(Call::request_close_by_session_key { channel, signature }.into())
}

#[test]
fn a_session_key_closes_without_a_wallet() {
	development(|| {
		let channel = opened();
		let signature = device().sign(&encode_close(GENESIS, channel)).0;
		let source = TransactionSource::External;
		assert_ok!(Executive::validate_transaction(source, close(channel, signature), GENESIS));
	});
	development(|| {
		let channel = opened();
		let signature = device().sign(&encode_close(GENESIS, channel)).0;
		assert_ok!(Executive::apply_extrinsic(close(channel, signature)).expect("the block takes it"));
		assert!(Channels::<Runtime>::get(channel).is_some_and(|record| record.close_requested));
		let again = Executive::apply_extrinsic(close(channel, signature));
		assert_eq!(again, Err(TransactionValidityError::Invalid(InvalidTransaction::Stale)));
	});
}

#[test]
fn a_forger_does_not() {
	development(|| {
		let channel = opened();
		let applied = Executive::apply_extrinsic(close(channel, [0; 64]));
		assert_eq!(applied, Err(TransactionValidityError::Invalid(InvalidTransaction::BadProof)));
	});
}

#[test]
fn nothing_else_goes_unsigned() {
	development(|| {
		let channel = opened();
		let bare = UncheckedExtrinsic::new_bare(Call::finalize_channel { channel }.into());
		let applied = Executive::apply_extrinsic(bare);
		assert_eq!(applied, Err(TransactionValidityError::Invalid(InvalidTransaction::Call)));
	});
}
