// SPDX-License-Identifier: Apache-2.0
//! The rules of channels: how they open and how they end.

use alloc::vec::Vec;
use frame_support::{
	ensure,
	pallet_prelude::{InvalidTransaction, TransactionPriority, TransactionValidity, ValidTransaction},
	storage::with_storage_layer,
	traits::Get,
};
use sp_core::H256;
use sp_runtime::{
	traits::{SaturatedConversion, Zero},
	ArithmeticError, DispatchError, DispatchResult,
};

use crate::{
	commitment::{channel_id, encode_close, encode_commitment},
	nonce_window::{NonceRefusal, NonceWindow},
	Channel, ChannelId, Channels, ChannelsOf, Commitment, Config, Error, Event, HoldReason, OpenItem, Pallet,
	RawSignature, Streams, Tab, Tabs, TermsOf,
};

/// How long an unsigned request to close stays in the pool, in blocks.
const CLOSE_LONGEVITY: u64 = 64;

/// A channel whose end can still be brought forward, and its tab.
struct Closable<AccountId> {
	channel: Channel<AccountId>,
	tab: Tab<AccountId>,
}

/// What opening a channel sets aside and uses up.
struct Opening<AccountId> {
	tab: Tab<AccountId>,
	creator: AccountId,
	set_aside: u128,
	nonces: NonceWindow,
}

impl<T: Config> Pallet<T> {
	/// The current block.
	pub(crate) fn now() -> u32 {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	/// The chain that signatures are for. `frame_system` never prunes block 0's hash.
	pub(crate) fn genesis_hash() -> H256 {
		frame_system::Pallet::<T>::block_hash(frame_system::pallet_prelude::BlockNumberFor::<T>::zero())
	}

	/// A commitment's channel id and bytes.
	pub(crate) fn identify(commitment: &Commitment<T::AccountId>) -> (ChannelId, Vec<u8>) {
		let encoded = encode_commitment(Self::genesis_hash(), commitment);
		(channel_id(&encoded), encoded)
	}

	pub(crate) fn do_open_batch(who: &T::AccountId, items: Vec<OpenItem<T::AccountId>>) {
		for (index, OpenItem { commitment, signature }) in (0u32..).zip(items) {
			let (channel, encoded) = Self::identify(&commitment);
			let opened =
				with_storage_layer(|| Self::do_open_channel(who, channel, &encoded, commitment, signature));
			if let Err(error) = opened {
				Self::deposit_event(Event::ItemFailed { index, channel, error });
			}
		}
	}

	pub(crate) fn do_open_channel(
		who: &T::AccountId,
		channel: ChannelId,
		encoded: &[u8],
		commitment: Commitment<T::AccountId>,
		signature: RawSignature,
	) -> DispatchResult {
		let Opening { mut tab, creator, set_aside, nonces } = Self::check_commitment(&commitment)?;
		let cost = set_aside.checked_add(commitment.open_fee).ok_or(ArithmeticError::Overflow)?;
		let free = tab.free.checked_sub(cost).ok_or(Error::<T>::TabTooLow)?;
		ensure!(tab.session_key.verify(encoded, &signature), Error::<T>::InvalidSignature);
		let deposit = T::ChannelDeposit::get();
		let record = Channel {
			tab: commitment.tab,
			stream: commitment.stream,
			terms: commitment.terms,
			operator: commitment.operator.clone(),
			max_ticks: commitment.max_ticks,
			settled: 0,
			proof: commitment.anchor,
			end: commitment.expires_at,
			close_requested: false,
			depositor: who.clone(),
			deposit,
		};
		tab.free = free;
		tab.set_aside = tab.set_aside.checked_add(set_aside).ok_or(ArithmeticError::Overflow)?;
		tab.nonces = nonces;
		tab.channels = tab.channels.checked_add(1).ok_or(ArithmeticError::Overflow)?;

		Self::hold(HoldReason::ChannelDeposit, who, deposit)?;
		Self::pay_part(
			&Self::escrow_account(),
			commitment.stream,
			&creator,
			&commitment.operator,
			commitment.open_fee,
		)?;
		TermsOf::<T>::try_mutate(commitment.stream, commitment.terms, |terms| {
			let terms = terms.as_mut().ok_or(Error::<T>::TermsNotFound)?;
			terms.channels = terms.channels.checked_add(1).ok_or(ArithmeticError::Overflow)?;
			Ok::<_, DispatchError>(())
		})?;
		Tabs::<T>::insert(commitment.tab, tab);
		Channels::<T>::insert(channel, record);
		ChannelsOf::<T>::insert(commitment.tab, channel, ());
		Self::deposit_event(Event::ChannelOpened { channel, commitment });
		Ok(())
	}

	/// Everything about a commitment but its signature and whether the tab can pay for it.
	fn check_commitment(
		commitment: &Commitment<T::AccountId>,
	) -> Result<Opening<T::AccountId>, DispatchError> {
		let now = Self::now();
		let tab = Tabs::<T>::get(commitment.tab).ok_or(Error::<T>::TabNotFound)?;
		ensure!(!tab.closed, Error::<T>::TabClosed);
		ensure!(now <= tab.expires_at, Error::<T>::TabExpired);
		let stream = Streams::<T>::get(commitment.stream).ok_or(Error::<T>::StreamNotFound)?;
		ensure!(!stream.retired, Error::<T>::StreamRetired);
		let terms =
			TermsOf::<T>::get(commitment.stream, commitment.terms).ok_or(Error::<T>::TermsNotFound)?;
		ensure!(terms.is_open::<T::UpdateDelay>(now), Error::<T>::TermsReplaced);
		ensure!(terms.rate == commitment.rate, Error::<T>::RateMismatch);
		ensure!(terms.rate > 0, Error::<T>::StreamIsFree);
		ensure!(
			stream.operators.is_empty() || stream.operators.contains(&commitment.operator),
			Error::<T>::OperatorNotAllowed
		);
		ensure!(now <= commitment.open_by, Error::<T>::OpenTooLate);
		ensure!(commitment.open_by <= now.saturating_add(T::MaxOpenDelay::get()), Error::<T>::OpenByTooFar);
		ensure!(commitment.open_fee <= T::MaxOpenFee::get(), Error::<T>::OpenFeeTooHigh);
		ensure!((1..=T::MaxTicks::get()).contains(&commitment.max_ticks), Error::<T>::InvalidMaxTicks);
		ensure!(commitment.expires_at > now, Error::<T>::ExpiryInPast);
		ensure!(commitment.expires_at <= tab.expires_at, Error::<T>::ChannelOutlivesTab);
		ensure!(
			commitment.expires_at <= now.saturating_add(T::MaxChannelLife::get()),
			Error::<T>::ChannelLifeTooLong
		);
		let set_aside =
			terms.rate.checked_mul(commitment.max_ticks.into()).ok_or(ArithmeticError::Overflow)?;
		ensure!(set_aside >= T::MinChannel::get(), Error::<T>::ChannelTooSmall);
		let nonces = tab.nonces.with(commitment.nonce).map_err(|refusal| match refusal {
			NonceRefusal::Used => Error::<T>::NonceUsed,
			NonceRefusal::TooOld => Error::<T>::NonceTooOld,
		})?;
		Ok(Opening { tab, creator: stream.creator, set_aside, nonces })
	}

	pub(crate) fn do_request_close(who: &T::AccountId, channel: ChannelId) -> DispatchResult {
		let Closable { channel: record, tab } = Self::closable(channel)?;
		ensure!(&tab.owner == who, Error::<T>::NotTabOwner);
		Self::bring_end_forward(channel, record);
		Ok(())
	}

	pub(crate) fn do_request_close_by_session_key(
		channel: ChannelId,
		signature: &RawSignature,
	) -> DispatchResult {
		let Closable { channel: record, tab } = Self::closable(channel)?;
		ensure!(
			tab.session_key.verify(&encode_close(Self::genesis_hash(), channel), signature),
			Error::<T>::InvalidSignature
		);
		Self::bring_end_forward(channel, record);
		Ok(())
	}

	/// Whether an unsigned request to close may enter the pool. Only one a channel ever can, so it costs its sender the
	/// channel's opening.
	pub(crate) fn validate_close(channel: ChannelId, signature: &RawSignature) -> TransactionValidity {
		let Closable { tab, .. } = Self::closable(channel).map_err(|_| InvalidTransaction::Stale)?;
		if !tab.session_key.verify(&encode_close(Self::genesis_hash(), channel), signature) {
			return InvalidTransaction::BadProof.into();
		}
		ValidTransaction::with_tag_prefix("tickstream/close")
			.priority(TransactionPriority::MAX / 2)
			.and_provides(channel)
			.longevity(CLOSE_LONGEVITY)
			.propagate(true)
			.build()
	}

	pub(crate) fn do_finalize_channel(channel: ChannelId) -> DispatchResult {
		let record = Channels::<T>::get(channel).ok_or(Error::<T>::ChannelNotFound)?;
		ensure!(Self::now() > record.end, Error::<T>::ChannelNotOver);
		let terms = TermsOf::<T>::get(record.stream, record.terms).ok_or(Error::<T>::TermsNotFound)?;
		Self::end_channel(channel, record, terms.rate)
	}

	/// Removes a channel: what it did not pay goes back to its tab, the deposit to whoever paid it.
	pub(crate) fn end_channel(
		channel: ChannelId,
		record: Channel<T::AccountId>,
		rate: u128,
	) -> DispatchResult {
		let set_aside = rate.checked_mul(record.max_ticks.into()).ok_or(ArithmeticError::Overflow)?;
		let paid = rate.checked_mul(record.settled.into()).ok_or(ArithmeticError::Overflow)?;
		let freed = set_aside.checked_sub(paid).ok_or(ArithmeticError::Underflow)?;

		Channels::<T>::remove(channel);
		ChannelsOf::<T>::remove(record.tab, channel);
		Self::deposit_event(Event::ChannelEnded { channel, paid, freed });
		Self::leave_tab(record.tab, set_aside, freed)?;
		Self::leave_terms(record.stream, record.terms)?;
		Self::release(HoldReason::ChannelDeposit, &record.depositor, record.deposit)
	}

	fn closable(id: ChannelId) -> Result<Closable<T::AccountId>, DispatchError> {
		let channel = Channels::<T>::get(id).ok_or(Error::<T>::ChannelNotFound)?;
		ensure!(Self::now() <= channel.end, Error::<T>::ChannelOver);
		ensure!(!channel.close_requested, Error::<T>::CloseAlreadyRequested);
		let tab = Tabs::<T>::get(channel.tab).ok_or(Error::<T>::TabNotFound)?;
		Ok(Closable { channel, tab })
	}

	fn bring_end_forward(channel: ChannelId, mut record: Channel<T::AccountId>) {
		record.end = record.end.min(Self::now().saturating_add(T::Grace::get()));
		record.close_requested = true;
		Self::deposit_event(Event::CloseRequested { channel, end: record.end });
		Channels::<T>::insert(channel, record);
	}
}
