// SPDX-License-Identifier: Apache-2.0
//! The people of the tests, and the calls they make before the one under test.

use frame_support::{assert_ok, traits::fungible::InspectHold, BoundedVec};
use sp_core::{ed25519, sr25519, Pair, H256};
use sp_runtime::{DispatchError, DispatchResult, Perbill};

use super::mock::*;
pub use super::mock::{jump_to, next_block};
use crate::{
	commitment::{channel_id, encode_close, encode_commitment},
	hash_chain::walk_down,
	*,
};

pub const CREATOR: AccountId = AccountId::new([1; 32]);
pub const OPERATOR: AccountId = AccountId::new([2; 32]);
pub const VIEWER: AccountId = AccountId::new([3; 32]);
pub const STRANGER: AccountId = AccountId::new([4; 32]);
/// A payee with an account.
pub const PARTNER: AccountId = AccountId::new([5; 32]);
/// Has no account at first.
pub const GHOST: AccountId = AccountId::new([6; 32]);

/// Everybody but the ghost.
pub const FUNDED: [AccountId; 5] = [CREATOR, OPERATOR, VIEWER, STRANGER, PARTNER];

pub const STREAM: StreamId = 1;
pub const FIRST_TERMS: TermsVersion = 1;
pub const TAB: TabId = 1;
pub const RATE: u128 = 10;
pub const TICK_MS: u32 = 1_000;
pub const TAB_DEPOSIT: u128 = 10_000;
pub const TAB_EXPIRY: u32 = 5_000;
pub const OPEN_FEE: u128 = 20;
pub const TICKS: u32 = 100;
pub const CHANNEL_EXPIRY: u32 = 1_000;
/// What the usual channel sets aside.
pub const SET_ASIDE: u128 = RATE * TICKS as u128;

/// Runs a test among the funded, then checks the invariants.
pub fn test(body: impl FnOnce()) {
	in_block_one(&FUNDED, body);
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn free(who: &AccountId) -> u128 {
	Balances::free_balance(who)
}

pub fn held(reason: HoldReason, who: &AccountId) -> u128 {
	Balances::balance_on_hold(&reason.into(), who)
}

pub fn escrow() -> AccountId {
	TickStream::escrow_account()
}

/// The last event, of this pallet.
pub fn assert_last(event: Event<Test>) {
	System::assert_last_event(event.into());
}

pub fn assert_emitted(event: Event<Test>) {
	System::assert_has_event(event.into());
}

pub fn item_error(error: Error<Test>) -> DispatchError {
	error.into()
}

// --- Streams ---

/// Payees by account and percent.
pub fn payees(shares: &[(AccountId, u32)]) -> Payees<AccountId> {
	let payees: Vec<_> = shares
		.iter()
		.map(|(account, percent)| Payee { account: account.clone(), share: Perbill::from_percent(*percent) })
		.collect();
	BoundedVec::try_from(payees).expect("few enough payees")
}

pub fn operators(accounts: &[AccountId]) -> Operators<AccountId> {
	BoundedVec::try_from(accounts.to_vec()).expect("few enough operators")
}

pub fn metadata(text: &str) -> Metadata {
	BoundedVec::try_from(text.as_bytes().to_vec()).expect("short enough metadata")
}

pub fn note(text: &str) -> Note {
	BoundedVec::try_from(text.as_bytes().to_vec()).expect("short enough note")
}

/// The creator's stream: any operator, who gets 10 %; all the rest to the creator.
pub fn register() {
	register_for(RATE, payees(&[(CREATOR, 100)]), operators(&[]));
}

pub fn register_for(rate: u128, payees: Payees<AccountId>, operators: Operators<AccountId>) {
	assert_ok!(TickStream::register_stream(
		signed(CREATOR),
		rate,
		TICK_MS,
		Perbill::from_percent(10),
		payees,
		operators,
		metadata("a stream"),
	));
}

pub fn add_terms(rate: u128) -> DispatchResult {
	TickStream::update_terms(
		signed(CREATOR),
		STREAM,
		rate,
		Perbill::from_percent(20),
		payees(&[(CREATOR, 100)]),
	)
}

pub fn stream() -> Stream<AccountId> {
	Streams::<Test>::get(STREAM).expect("the stream is stored")
}

pub fn terms(version: TermsVersion) -> Terms<AccountId> {
	TermsOf::<Test>::get(STREAM, version).expect("the terms are stored")
}

// --- Tabs ---

/// A device's key pair.
pub enum Device {
	Ed25519(Box<ed25519::Pair>),
	Sr25519(Box<sr25519::Pair>),
}

impl Device {
	pub fn key(&self) -> SessionKey {
		match self {
			Self::Ed25519(pair) => SessionKey::Ed25519(pair.public().0),
			Self::Sr25519(pair) => SessionKey::Sr25519(pair.public().0),
		}
	}

	pub fn sign(&self, message: &[u8]) -> RawSignature {
		match self {
			Self::Ed25519(pair) => pair.sign(message).0,
			Self::Sr25519(pair) => pair.sign(message).0,
		}
	}

	pub fn sign_commitment(&self, commitment: &Commitment<AccountId>) -> RawSignature {
		self.sign(&encode_commitment(GENESIS, commitment))
	}

	pub fn sign_close(&self, channel: ChannelId) -> RawSignature {
		self.sign(&encode_close(GENESIS, channel))
	}
}

/// The viewer's device.
pub fn device() -> Device {
	Device::Ed25519(Box::new(ed25519::Pair::from_seed(&[7; 32])))
}

/// Another device.
pub fn other_device() -> Device {
	Device::Sr25519(Box::new(sr25519::Pair::from_seed(&[8; 32])))
}

pub fn open_tab() {
	assert_ok!(TickStream::open_tab(signed(VIEWER), TAB_DEPOSIT, device().key(), TAB_EXPIRY));
}

pub fn tab() -> Tab<AccountId> {
	Tabs::<Test>::get(TAB).expect("the tab is stored")
}

/// The viewer's account empties itself, which removes it.
pub fn leave(who: AccountId) {
	assert_ok!(Balances::transfer_all(signed(who.clone()), STRANGER, false));
	assert_eq!(free(&who), 0);
}

// --- Channels ---

/// The `p(n)` of the usual commitment's chain.
pub fn preimage(n: u32) -> Preimage {
	preimage_of(TICKS, n)
}

/// The `p(n)` of a chain of `max` ticks.
pub fn preimage_of(max: u32, n: u32) -> Preimage {
	walk_down([9; 32], max - n)
}

/// What the viewer's device usually commits to.
pub fn commitment() -> Commitment<AccountId> {
	Commitment {
		tab: TAB,
		nonce: 1,
		open_by: System::block_number() + 10,
		stream: STREAM,
		terms: FIRST_TERMS,
		rate: RATE,
		operator: OPERATOR,
		open_fee: OPEN_FEE,
		anchor: preimage(0),
		max_ticks: TICKS,
		expires_at: CHANNEL_EXPIRY,
	}
}

pub fn id_of(commitment: &Commitment<AccountId>) -> ChannelId {
	channel_id(&encode_commitment(GENESIS, commitment))
}

/// The operator opens a commitment that the viewer's device signed.
pub fn open(commitment: Commitment<AccountId>) -> DispatchResult {
	let signature = device().sign_commitment(&commitment);
	TickStream::open_channel(signed(OPERATOR), commitment, signature)
}

/// A stream, a tab and the usual channel.
pub fn opened() -> ChannelId {
	register();
	open_tab();
	open_usual()
}

pub fn open_usual() -> ChannelId {
	let commitment = commitment();
	let channel = id_of(&commitment);
	assert_ok!(open(commitment));
	channel
}

pub fn channel(id: ChannelId) -> Channel<AccountId> {
	Channels::<Test>::get(id).expect("the channel is stored")
}

/// Anyone settles the usual channel.
pub fn settle(channel: ChannelId, ticks: u32) -> DispatchResult {
	TickStream::settle(signed(STRANGER), channel, ticks, preimage(ticks), TICKS)
		.map(|_| ())
		.map_err(|error| error.error)
}

/// An item of a batch for the usual channel.
pub fn item(channel: ChannelId, ticks: u32, close: bool) -> SettleItem {
	SettleItem { channel, ticks, preimage: Some(preimage(ticks)), hashes: TICKS, close }
}

pub fn batch<T: core::fmt::Debug, Max: frame_support::traits::Get<u32>>(items: Vec<T>) -> BoundedVec<T, Max> {
	BoundedVec::try_from(items).expect("a batch that is short enough")
}

/// The operator settles the usual channel and closes it.
pub fn close(channel: ChannelId, ticks: u32) {
	assert_ok!(TickStream::settle_batch(signed(OPERATOR), batch(vec![item(channel, ticks, true)])));
	assert_eq!(Channels::<Test>::get(channel), None);
}

/// A channel that nobody opened.
pub const NO_CHANNEL: ChannelId = H256([0xee; 32]);
