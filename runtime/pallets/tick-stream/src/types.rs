// SPDX-License-Identifier: Apache-2.0
//! What the pallet stores and what its calls take. Amounts are plancks, times are block numbers.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{ConstU32, Get},
	BoundedVec,
};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::Perbill;

use crate::nonce_window::NonceWindow;

/// Id of a stream; never reused.
pub type StreamId = u64;
/// Version of a stream's terms, counted from 1; never reused within a stream.
pub type TermsVersion = u32;
/// Id of a tab; never reused.
pub type TabId = u64;
/// BLAKE2b-256 of the encoded commitment.
pub type ChannelId = H256;
/// One element of a hash chain: `p(n)`.
pub type Preimage = [u8; 32];
/// A raw Ed25519 or Sr25519 signature; the key it is checked against says which.
pub type RawSignature = [u8; 64];

/// Most payees in one version of terms.
pub const MAX_PAYEES: u32 = 8;
/// Most operators a stream may name.
pub const MAX_OPERATORS: u32 = 4;
/// Most versions of terms stored at once for one stream.
pub const MAX_TERMS: u32 = 8;
/// Longest metadata of a stream, in bytes.
pub const MAX_METADATA: u32 = 1_024;
/// Longest note of a tip, in bytes.
pub const MAX_NOTE: u32 = 256;

/// A device's key, which signs commitments for a tab.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug,
)]
pub enum SessionKey {
	/// An Ed25519 public key (RFC 8032).
	#[codec(index = 0)]
	Ed25519([u8; 32]),
	/// An Sr25519 public key; it signs in the context `substrate`.
	#[codec(index = 1)]
	Sr25519([u8; 32]),
}

/// One who is paid, and its share of what is left after the operator.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Payee<AccountId> {
	pub account: AccountId,
	/// Parts in a billion; a version's payees sum to one exactly.
	pub share: Perbill,
}

pub type Payees<AccountId> = BoundedVec<Payee<AccountId>, ConstU32<MAX_PAYEES>>;
pub type Operators<AccountId> = BoundedVec<AccountId, ConstU32<MAX_OPERATORS>>;
pub type Metadata = BoundedVec<u8, ConstU32<MAX_METADATA>>;
pub type Note = BoundedVec<u8, ConstU32<MAX_NOTE>>;

/// A creator's offer.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Stream<AccountId> {
	pub creator: AccountId,
	/// Who may serve it; empty means anyone.
	pub operators: Operators<AccountId>,
	pub metadata: Metadata,
	/// Milliseconds of media time in one tick; fixed for the stream's life.
	pub tick_ms: u32,
	/// The version that opens channels now.
	pub current_terms: TermsVersion,
	/// Every version still stored, oldest first.
	pub stored_terms: BoundedVec<TermsVersion, ConstU32<MAX_TERMS>>,
	/// A retired stream opens nothing and goes with its last channel.
	pub retired: bool,
	/// Held from the creator for this record.
	pub deposit: u128,
}

/// One version of a stream's price. A channel keeps the version it opened at.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Terms<AccountId> {
	/// Plancks a tick; 0 is a free stream, which opens no channel.
	pub rate: u128,
	/// The operator's part of every tick; the payees share the rest.
	pub operator_share: Perbill,
	pub payees: Payees<AccountId>,
	/// When a newer version took over; none for the current one.
	pub replaced_at: Option<u32>,
	/// Channels that stand on this version.
	pub channels: u32,
	/// Held from the creator for this record.
	pub deposit: u128,
}

/// Escrow of one viewer's device.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Tab<AccountId> {
	/// The wallet that funded it, and that gets back what is left.
	pub owner: AccountId,
	pub session_key: SessionKey,
	/// No channel may outlive this block.
	pub expires_at: u32,
	/// What new channels may set aside.
	pub free: u128,
	/// Sum over open channels of `max_ticks × rate`; changes only when one opens or ends.
	pub set_aside: u128,
	/// Owed to the owner, whose account could not take it yet.
	pub claimable: u128,
	/// Nonces of commitments already opened.
	pub nonces: NonceWindow,
	/// Channels open on this tab.
	pub channels: u32,
	/// A closed tab opens nothing; it goes with its last channel and claim.
	pub closed: bool,
}

/// A commitment that is on chain.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Channel<AccountId> {
	pub tab: TabId,
	pub stream: StreamId,
	pub terms: TermsVersion,
	pub operator: AccountId,
	pub max_ticks: u32,
	/// Ticks paid out so far.
	pub settled: u32,
	/// `p(settled)`: the anchor at first, then the highest preimage settled.
	pub proof: Preimage,
	/// The last block that settles; finalized after it.
	pub end: u32,
	/// Whether `end` was brought forward by a request to close.
	pub close_requested: bool,
	/// Who paid the deposit for this record, and gets it back.
	pub depositor: AccountId,
	pub deposit: u128,
}

/// What a session key signs, without the domain and genesis hash that the pallet adds itself.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Commitment<AccountId> {
	pub tab: TabId,
	/// Each opens at most once in a tab.
	pub nonce: u32,
	/// The last block it may open in, at most `MaxOpenDelay` ahead.
	pub open_by: u32,
	pub stream: StreamId,
	pub terms: TermsVersion,
	/// Plancks a tick, as those terms say, so that a signer sees it.
	pub rate: u128,
	/// Who may close the channel and gets the operator's share.
	pub operator: AccountId,
	/// Plancks from the tab to the operator at opening, for its transactions.
	pub open_fee: u128,
	/// `p(0)` of the hash chain.
	pub anchor: Preimage,
	pub max_ticks: u32,
	/// The last block that settles; at most the tab's expiry.
	pub expires_at: u32,
}

/// One commitment of a batch.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct OpenItem<AccountId> {
	pub commitment: Commitment<AccountId>,
	pub signature: RawSignature,
}

/// One channel of a settlement batch.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct SettleItem {
	pub channel: ChannelId,
	/// Ticks paid in all, counted from the channel's opening.
	pub ticks: u32,
	/// `p(ticks)`; may be missing where nothing is added (`ticks` is what was settled already).
	pub preimage: Option<Preimage>,
	/// Hashes to spend on it: at least the ticks it adds.
	pub hashes: u32,
	/// Ends the channel as well; for its operator only.
	pub close: bool,
}

/// A batch that is no longer than `Max`.
pub type Batch<Item, Max> = BoundedVec<Item, Max>;

impl<AccountId> Terms<AccountId> {
	/// Whether a channel may still open on this version at block `now`.
	pub fn is_open<Delay: Get<u32>>(&self, now: u32) -> bool {
		self.replaced_at.is_none_or(|at| now.saturating_sub(at) < Delay::get())
	}
}
