// SPDX-License-Identifier: Apache-2.0
//! # Tick streams
//!
//! Live video sold by the second. A creator registers a **stream** with **terms**; a viewer funds a **tab**, whose
//! session key signs **commitments**; each, once on chain, is a **channel** that an operator settles with the preimages
//! of a hash chain. `docs/protocol.md` is the exact description; this pallet is one of its implementations.
//!
//! Calls here are thin: they check the origin and hand over. The rules stand in `streams`, `tabs`, `channels`,
//! `settlement` and `escrow`; what is pure in `split`, `hash_chain`, `nonce_window` and `commitment`.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod channels;
pub mod commitment;
mod config;
mod errors;
mod escrow;
mod events;
pub mod hash_chain;
pub mod nonce_window;
mod settlement;
pub mod split;
mod storage;
mod streams;
mod tabs;
pub mod types;
pub mod weights;

#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use weights::{EstimatedWeight, WeightInfo};

use frame_support::pallet_macros::import_section;

/// Calls, and what they need from the sections beside this file.
#[import_section(config::config)]
#[import_section(storage::storage)]
#[import_section(events::events)]
#[import_section(errors::errors)]
#[frame_support::pallet]
pub mod pallet {
	use crate::{types::*, weights::WeightInfo};
	use frame_support::{
		dispatch::{DispatchResultWithPostInfo, PostDispatchInfo},
		pallet_prelude::*,
		traits::{
			fungible::{self, Inspect, Mutate},
			StorageVersion,
		},
		PalletId,
	};
	use frame_system::pallet_prelude::*;
	use sp_runtime::Perbill;

	/// The version of the storage's shape.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// Why the pallet holds someone's balance.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// For a stream's record.
		StreamDeposit,
		/// For the record of a version of terms.
		TermsDeposit,
		/// For a channel's record.
		ChannelDeposit,
	}

	/// Nothing to choose: genesis keeps the escrow account alive.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		#[serde(skip)]
		pub _runtime: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			let (escrow, alive) = (Pallet::<T>::escrow_account(), T::Currency::minimum_balance());
			let missing = alive.saturating_sub(T::Currency::balance(&escrow));
			if missing > 0 {
				T::Currency::mint_into(&escrow, missing).expect("genesis issues less than a u128 of plancks");
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// What a runtime's choices must agree on.
		fn integrity_test() {
			assert!(T::UpdateDelay::get() > T::MaxOpenDelay::get(), "a change outlasts any open that waits");
			assert!(T::MaxChannelLife::get() > T::Grace::get(), "a request to close can shorten a channel");
			assert!(T::MaxWalk::get() > 0 && T::MaxTicks::get() > 0 && T::MaxBatch::get() > 0);
			assert!(T::MinTab::get() >= T::MinChannel::get(), "the least tab opens the least channel");
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Registers a stream with its first terms, as its creator. Holds a deposit for each of the two records.
		///
		/// `rate` is in plancks a tick (0 for a free stream), `tick_ms` in milliseconds of media time, `operator_share`
		/// the operator's part of every tick; `payees` (non-zero shares that sum to one) share the rest. No `operators`
		/// means that anyone may serve it.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_stream())]
		pub fn register_stream(
			origin: OriginFor<T>,
			rate: u128,
			tick_ms: u32,
			operator_share: Perbill,
			payees: Payees<T::AccountId>,
			operators: Operators<T::AccountId>,
			metadata: Metadata,
		) -> DispatchResult {
			let creator = ensure_signed(origin)?;
			Self::do_register_stream(creator, rate, tick_ms, operator_share, payees, operators, metadata)
		}

		/// Adds a version of a stream's terms, as its creator. The one before opens channels for `UpdateDelay` more
		/// blocks.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::update_terms())]
		pub fn update_terms(
			origin: OriginFor<T>,
			stream: StreamId,
			rate: u128,
			operator_share: Perbill,
			payees: Payees<T::AccountId>,
		) -> DispatchResult {
			let creator = ensure_signed(origin)?;
			Self::do_update_terms(&creator, stream, rate, operator_share, payees)
		}

		/// Removes terms that open no channel any more and carry none. The deposit returns to the creator.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::remove_terms())]
		pub fn remove_terms(origin: OriginFor<T>, stream: StreamId, version: TermsVersion) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_remove_terms(stream, version)
		}

		/// Replaces a stream's operators and metadata, as its creator. Open channels keep their operator.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::update_stream())]
		pub fn update_stream(
			origin: OriginFor<T>,
			stream: StreamId,
			operators: Operators<T::AccountId>,
			metadata: Metadata,
		) -> DispatchResult {
			let creator = ensure_signed(origin)?;
			Self::do_update_stream(&creator, stream, operators, metadata)
		}

		/// Retires a stream, as its creator: it opens nothing more, and goes when its last channel ends.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::retire_stream())]
		pub fn retire_stream(origin: OriginFor<T>, stream: StreamId) -> DispatchResult {
			let creator = ensure_signed(origin)?;
			Self::do_retire_stream(&creator, stream)
		}

		/// Moves `deposit` plancks from the caller into a new tab, for `session_key` to commit until `expires_at`.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::open_tab())]
		pub fn open_tab(
			origin: OriginFor<T>,
			deposit: u128,
			session_key: SessionKey,
			expires_at: u32,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_open_tab(owner, deposit, session_key, expires_at)
		}

		/// Adds `amount` plancks to a tab, as its owner.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::top_up_tab())]
		pub fn top_up_tab(origin: OriginFor<T>, tab: TabId, amount: u128) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_top_up_tab(&owner, tab, amount)
		}

		/// Replaces a tab's session key, as its owner. The old one opens nothing from now on; open channels stay.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::set_session_key())]
		pub fn set_session_key(origin: OriginFor<T>, tab: TabId, session_key: SessionKey) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_set_session_key(&owner, tab, session_key)
		}

		/// Closes a tab: its owner at any time, anyone after it has expired. What is free returns to the owner now,
		/// what open channels set aside as they end. On a closed tab: pays what is claimable, whoever calls.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::close_tab())]
		pub fn close_tab(origin: OriginFor<T>, tab: TabId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_close_tab(&who, tab)
		}

		/// Puts a commitment on chain: pays `open_fee` to the operator and sets `max_ticks × rate` aside from the tab.
		/// The caller, whoever it is, pays the deposit for the record and gets it back when the channel ends.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::open_channel())]
		pub fn open_channel(
			origin: OriginFor<T>,
			commitment: Commitment<T::AccountId>,
			signature: RawSignature,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let (channel, encoded) = Self::identify(&commitment);
			Self::do_open_channel(&who, channel, &encoded, commitment, signature)
		}

		/// Opens several channels. Each item stands alone: one that fails emits `ItemFailed`, and the others stand.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::open_batch(items.len() as u32))]
		pub fn open_batch(
			origin: OriginFor<T>,
			items: Batch<OpenItem<T::AccountId>, T::MaxBatch>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_open_batch(&who, items.into_inner());
			Ok(())
		}

		/// Pays for the ticks that `preimage` proves beyond what was settled. `hashes` says how many hashes to spend at
		/// most; the surplus is refunded. A gap longer than `MaxWalk` is settled in steps.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::settle(*hashes, MAX_PAYEES + 1))]
		pub fn settle(
			origin: OriginFor<T>,
			channel: ChannelId,
			ticks: u32,
			preimage: Preimage,
			hashes: u32,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let item = SettleItem { channel, ticks, preimage: Some(preimage), hashes, close: false };
			let spent = Self::do_settle(&who, item)?;
			Ok(Some(T::WeightInfo::settle(spent.hashes, spent.payouts)).into())
		}

		/// Settles several channels, and ends those marked `close` (for their operator only). Each item stands alone:
		/// one that fails emits `ItemFailed`, and the others stand. Each payee gets one transfer at the end.
		#[pallet::call_index(12)]
		#[pallet::weight(Pallet::<T>::settle_batch_weight(items))]
		pub fn settle_batch(
			origin: OriginFor<T>,
			items: Batch<SettleItem, T::MaxBatch>,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let count = items.len() as u32;
			let spent = Self::do_settle_batch(&who, items.into_inner())?;
			let weight = T::WeightInfo::settle_batch(count, spent.hashes, spent.closes, spent.payouts);
			Ok(PostDispatchInfo { actual_weight: Some(weight), pays_fee: Pays::Yes })
		}

		/// Asks for a channel's end, as the tab's owner: `Grace` blocks from now, unless it ends sooner by itself.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::request_close())]
		pub fn request_close(origin: OriginFor<T>, channel: ChannelId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_request_close(&owner, channel)
		}

		/// The same without a wallet or a fee: an unsigned transaction that carries the signature of the tab's current
		/// session key over SCALE(`"tickstream/close/1"`, genesis hash, channel).
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::request_close_by_session_key())]
		pub fn request_close_by_session_key(
			origin: OriginFor<T>,
			channel: ChannelId,
			signature: RawSignature,
		) -> DispatchResult {
			ensure_none(origin)?;
			Self::do_request_close_by_session_key(channel, &signature)
		}

		/// Ends a channel whose time is over: what it did not pay returns to the tab, the deposit to whoever paid it.
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::finalize_channel())]
		pub fn finalize_channel(origin: OriginFor<T>, channel: ChannelId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_finalize_channel(channel)
		}

		/// Pays `amount` plancks from the caller to a stream's payees by their current shares.
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::tip(MAX_PAYEES))]
		pub fn tip(origin: OriginFor<T>, stream: StreamId, amount: u128, note: Note) -> DispatchResult {
			let from = ensure_signed(origin)?;
			Self::do_tip(from, stream, amount, note)
		}
	}

	// An unsigned transaction of its own kind: `#[pallet::authorize]`, its successor, needs a transaction extension that
	// wallets and light clients do not all know yet.
	#[allow(deprecated)]
	#[pallet::validate_unsigned]
	impl<T: Config> ValidateUnsigned for Pallet<T> {
		type Call = Call<T>;

		fn validate_unsigned(_source: TransactionSource, call: &Self::Call) -> TransactionValidity {
			let Call::request_close_by_session_key { channel, signature } = call else {
				return InvalidTransaction::Call.into();
			};
			Self::validate_close(*channel, signature)
		}
	}
}
