// SPDX-License-Identifier: Apache-2.0
//! Turning preimages into money.

use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::{ensure, storage::with_storage_layer, traits::Get, weights::Weight};
use sp_runtime::{ArithmeticError, DispatchError};

use crate::{
	hash_chain::walk_down, split::parts_between, streams::shares_of, weights::WeightInfo, Channel, ChannelId,
	Channels, Config, Error, Event, Pallet, Preimage, SettleItem, StreamId, Streams, Terms, TermsOf,
	MAX_PAYEES,
};

/// What a settlement really did, for the refund of surplus weight.
#[derive(Default, Clone, Copy)]
pub(crate) struct Spent {
	pub hashes: u32,
	pub closes: u32,
	pub payouts: u32,
}

/// What one settled item owes, and to whom.
struct Payment<AccountId> {
	stream: StreamId,
	creator: AccountId,
	parts: Vec<(AccountId, u128)>,
	hashes: u32,
}

/// What a batch owes: a sum a payee, kept apart by stream in case it must go to the streams' creators.
struct Payouts<AccountId> {
	owed: BTreeMap<AccountId, BTreeMap<StreamId, u128>>,
	creators: BTreeMap<StreamId, AccountId>,
}

impl<AccountId: Ord> Payouts<AccountId> {
	fn new() -> Self {
		Self { owed: BTreeMap::new(), creators: BTreeMap::new() }
	}

	fn add(&mut self, payment: Payment<AccountId>) -> Result<(), DispatchError> {
		self.creators.insert(payment.stream, payment.creator);
		for (payee, amount) in payment.parts.into_iter().filter(|(_, amount)| *amount > 0) {
			let sum = self.owed.entry(payee).or_default().entry(payment.stream).or_default();
			*sum = sum.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
		}
		Ok(())
	}
}

impl<T: Config> Pallet<T> {
	/// What a batch may cost at most: every item pays its own eight payees and operator.
	pub(crate) fn settle_batch_weight(items: &[SettleItem]) -> Weight {
		let count = items.len() as u32;
		let hashes = items.iter().fold(0u32, |sum, item| sum.saturating_add(item.hashes));
		let closes = items.iter().filter(|item| item.close).count() as u32;
		T::WeightInfo::settle_batch(count, hashes, closes, count.saturating_mul(MAX_PAYEES + 1))
	}

	pub(crate) fn do_settle(who: &T::AccountId, item: SettleItem) -> Result<Spent, DispatchError> {
		let mut payouts = Payouts::new();
		let payment = Self::settle_item(who, item)?;
		let hashes = payment.hashes;
		payouts.add(payment)?;
		Ok(Spent { hashes, closes: 0, payouts: Self::pay_out(payouts)? })
	}

	pub(crate) fn do_settle_batch(
		who: &T::AccountId,
		items: Vec<SettleItem>,
	) -> Result<Spent, DispatchError> {
		let mut spent = Spent::default();
		let mut payouts = Payouts::new();
		for (index, item) in (0u32..).zip(items) {
			let (channel, declared, close) = (item.channel, item.hashes, item.close);
			match with_storage_layer(|| Self::settle_item(who, item)) {
				Ok(payment) => {
					spent.hashes = spent.hashes.saturating_add(payment.hashes);
					payouts.add(payment)?;
				},
				Err(error) => {
					// It may have hashed all that it declared before it failed.
					spent.hashes = spent.hashes.saturating_add(declared);
					Self::deposit_event(Event::ItemFailed { index, channel, error });
				},
			}
			spent.closes = spent.closes.saturating_add(close.into());
		}
		spent.payouts = Self::pay_out(payouts)?;
		Ok(spent)
	}

	/// Settles one channel, and ends it if asked. Changes records and frees what is left, but pays nobody yet.
	fn settle_item(who: &T::AccountId, item: SettleItem) -> Result<Payment<T::AccountId>, DispatchError> {
		let SettleItem { channel, ticks, preimage, hashes, close } = item;
		let mut record = Channels::<T>::get(channel).ok_or(Error::<T>::ChannelNotFound)?;
		ensure!(Self::now() <= record.end, Error::<T>::ChannelOver);
		ensure!(!close || who == &record.operator, Error::<T>::NotOperator);
		let from = record.settled;
		let added = Self::check_proof(&record, ticks, preimage, hashes, close)?;
		let stream = Streams::<T>::get(record.stream).ok_or(Error::<T>::StreamNotFound)?;
		let terms = TermsOf::<T>::get(record.stream, record.terms).ok_or(Error::<T>::TermsNotFound)?;
		let parts = Self::parts_due(&record.operator, &terms, from, ticks)?;
		let payment = Payment { stream: record.stream, creator: stream.creator, parts, hashes: added };

		if let (Some(preimage), true) = (preimage, added > 0) {
			record.settled = ticks;
			record.proof = preimage;
			Self::announce_settled(channel, from, ticks, preimage, &payment);
		}
		if close {
			Self::end_channel(channel, record, terms.rate)?;
		} else {
			Channels::<T>::insert(channel, record);
		}
		Ok(payment)
	}

	/// How many ticks a settlement adds, if its preimage proves them.
	fn check_proof(
		record: &Channel<T::AccountId>,
		ticks: u32,
		preimage: Option<Preimage>,
		hashes: u32,
		close: bool,
	) -> Result<u32, DispatchError> {
		ensure!(ticks <= record.max_ticks, Error::<T>::TooManyTicks);
		let added = ticks.checked_sub(record.settled).ok_or(Error::<T>::NothingToSettle)?;
		ensure!(added > 0 || close, Error::<T>::NothingToSettle);
		ensure!(hashes <= T::MaxWalk::get(), Error::<T>::WalkTooLong);
		ensure!(added <= hashes, Error::<T>::HashesTooFew);
		match preimage {
			Some(preimage) => {
				ensure!(walk_down(preimage, added) == record.proof, Error::<T>::InvalidPreimage)
			},
			None => ensure!(added == 0, Error::<T>::PreimageMissing),
		}
		Ok(added)
	}

	/// Who gets what of the ticks after `from` up to `ticks`: the operator first, then the payees in their order.
	fn parts_due(
		operator: &T::AccountId,
		terms: &Terms<T::AccountId>,
		from: u32,
		ticks: u32,
	) -> Result<Vec<(T::AccountId, u128)>, DispatchError> {
		let parts = parts_between(from, ticks, terms.rate, terms.operator_share, &shares_of(terms))
			.ok_or(ArithmeticError::Overflow)?;
		let payees = terms.payees.iter().map(|payee| payee.account.clone()).zip(parts.payees);
		Ok(core::iter::once((operator.clone(), parts.operator)).chain(payees).collect())
	}

	fn announce_settled(
		channel: ChannelId,
		from: u32,
		ticks: u32,
		preimage: Preimage,
		payment: &Payment<T::AccountId>,
	) {
		let amount = payment.parts.iter().map(|(_, part)| part).sum();
		let operator_paid = payment.parts.first().map_or(0, |(_, part)| *part);
		Self::deposit_event(Event::Settled { channel, from, ticks, preimage, amount, operator_paid });
	}

	/// Makes one transfer a payee; one who can't take it leaves each stream's part to that stream's creator.
	/// Says how many transfers it made.
	fn pay_out(payouts: Payouts<T::AccountId>) -> Result<u32, DispatchError> {
		let escrow = Self::escrow_account();
		let mut transfers = 0u32;
		for (payee, by_stream) in payouts.owed {
			let total = by_stream.values().try_fold(0u128, |sum, part| sum.checked_add(*part));
			if Self::try_pay(&escrow, &payee, total.ok_or(ArithmeticError::Overflow)?)? {
				transfers = transfers.saturating_add(1);
				continue;
			}
			for (stream, amount) in by_stream {
				let creator = payouts.creators.get(&stream).ok_or(Error::<T>::StreamNotFound)?;
				Self::redirect(&escrow, stream, creator, &payee, amount)?;
				transfers = transfers.saturating_add(1);
			}
		}
		Ok(transfers)
	}
}
