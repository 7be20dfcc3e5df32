// SPDX-License-Identifier: Apache-2.0
//! The rules of streams and their terms, and tips.

use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::{ensure, traits::Get};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult, Perbill};

use crate::{
	split::split_among, Config, Error, Event, HoldReason, LastStreamId, Metadata, Note, Operators, Pallet,
	Payee, Payees, Stream, StreamId, Streams, Terms, TermsOf, TermsVersion,
};

/// The first version of a stream's terms.
const FIRST_TERMS: TermsVersion = 1;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register_stream(
		creator: T::AccountId,
		rate: u128,
		tick_ms: u32,
		operator_share: Perbill,
		payees: Payees<T::AccountId>,
		operators: Operators<T::AccountId>,
		metadata: Metadata,
	) -> DispatchResult {
		ensure!(tick_ms > 0, Error::<T>::InvalidTickLength);
		Self::check_payees(&payees)?;
		Self::check_operators(&operators)?;
		let stream = LastStreamId::<T>::get().checked_add(1).ok_or(ArithmeticError::Overflow)?;
		let deposit = T::StreamDeposit::get();
		let mut record = Stream {
			creator: creator.clone(),
			operators: operators.clone(),
			metadata: metadata.clone(),
			tick_ms,
			current_terms: FIRST_TERMS,
			stored_terms: Default::default(),
			retired: false,
			deposit,
		};

		Self::hold(HoldReason::StreamDeposit, &creator, deposit)?;
		LastStreamId::<T>::put(stream);
		Self::deposit_event(Event::StreamRegistered { stream, creator, tick_ms, operators, metadata });
		Self::add_terms(stream, &mut record, FIRST_TERMS, rate, operator_share, payees)?;
		Streams::<T>::insert(stream, record);
		Ok(())
	}

	pub(crate) fn do_update_terms(
		who: &T::AccountId,
		stream: StreamId,
		rate: u128,
		operator_share: Perbill,
		payees: Payees<T::AccountId>,
	) -> DispatchResult {
		let mut record = Self::stream_to_change(who, stream)?;
		Self::check_payees(&payees)?;
		ensure!(!record.stored_terms.is_full(), Error::<T>::TooManyTerms);
		let version = record.current_terms.checked_add(1).ok_or(ArithmeticError::Overflow)?;

		TermsOf::<T>::try_mutate(stream, record.current_terms, |terms| {
			terms.as_mut().ok_or(Error::<T>::TermsNotFound)?.replaced_at = Some(Self::now());
			Ok::<_, DispatchError>(())
		})?;
		record.current_terms = version;
		Self::add_terms(stream, &mut record, version, rate, operator_share, payees)?;
		Streams::<T>::insert(stream, record);
		Ok(())
	}

	pub(crate) fn do_remove_terms(stream: StreamId, version: TermsVersion) -> DispatchResult {
		let mut record = Streams::<T>::get(stream).ok_or(Error::<T>::StreamNotFound)?;
		let terms = TermsOf::<T>::get(stream, version).ok_or(Error::<T>::TermsNotFound)?;
		ensure!(!terms.is_open::<T::UpdateDelay>(Self::now()), Error::<T>::TermsStillOpen);
		ensure!(terms.channels == 0, Error::<T>::TermsInUse);

		Self::drop_terms(stream, &mut record, version, &terms)?;
		Streams::<T>::insert(stream, record);
		Ok(())
	}

	pub(crate) fn do_update_stream(
		who: &T::AccountId,
		stream: StreamId,
		operators: Operators<T::AccountId>,
		metadata: Metadata,
	) -> DispatchResult {
		let record = Self::stream_to_change(who, stream)?;
		Self::check_operators(&operators)?;

		let updated = Stream { operators: operators.clone(), metadata: metadata.clone(), ..record };
		Streams::<T>::insert(stream, updated);
		Self::deposit_event(Event::StreamUpdated { stream, operators, metadata });
		Ok(())
	}

	pub(crate) fn do_retire_stream(who: &T::AccountId, stream: StreamId) -> DispatchResult {
		let mut record = Self::stream_to_change(who, stream)?;
		record.retired = true;

		Self::deposit_event(Event::StreamRetired { stream });
		// No version opens anything any more: those without a channel go now, the others with their last one.
		for version in record.stored_terms.clone() {
			let terms = TermsOf::<T>::get(stream, version).ok_or(Error::<T>::TermsNotFound)?;
			if terms.channels == 0 {
				Self::drop_terms(stream, &mut record, version, &terms)?;
			}
		}
		Self::keep_or_remove(stream, record)
	}

	/// Takes one channel off the terms it stood on; what a retired stream no longer needs goes with it.
	pub(crate) fn leave_terms(stream: StreamId, version: TermsVersion) -> DispatchResult {
		let mut record = Streams::<T>::get(stream).ok_or(Error::<T>::StreamNotFound)?;
		let mut terms = TermsOf::<T>::get(stream, version).ok_or(Error::<T>::TermsNotFound)?;
		terms.channels = terms.channels.checked_sub(1).ok_or(ArithmeticError::Underflow)?;

		if record.retired && terms.channels == 0 {
			Self::drop_terms(stream, &mut record, version, &terms)?;
			return Self::keep_or_remove(stream, record);
		}
		TermsOf::<T>::insert(stream, version, terms);
		Ok(())
	}

	pub(crate) fn do_tip(from: T::AccountId, stream: StreamId, amount: u128, note: Note) -> DispatchResult {
		ensure!(amount > 0, Error::<T>::ZeroAmount);
		let record = Streams::<T>::get(stream).ok_or(Error::<T>::StreamNotFound)?;
		ensure!(!record.retired, Error::<T>::StreamRetired);
		let terms = TermsOf::<T>::get(stream, record.current_terms).ok_or(Error::<T>::TermsNotFound)?;
		let parts = split_among(amount, &shares_of(&terms));

		for (payee, part) in terms.payees.iter().zip(parts) {
			Self::pay_part(&from, stream, &record.creator, &payee.account, part)?;
		}
		Self::deposit_event(Event::Tipped { stream, from, amount, note });
		Ok(())
	}

	/// The stream, if `who` may change it.
	fn stream_to_change(who: &T::AccountId, stream: StreamId) -> Result<Stream<T::AccountId>, DispatchError> {
		let record = Streams::<T>::get(stream).ok_or(Error::<T>::StreamNotFound)?;
		ensure!(&record.creator == who, Error::<T>::NotCreator);
		ensure!(!record.retired, Error::<T>::StreamRetired);
		Ok(record)
	}

	/// Stores a version of terms and notes it in the stream's record, which the caller writes.
	fn add_terms(
		stream: StreamId,
		record: &mut Stream<T::AccountId>,
		version: TermsVersion,
		rate: u128,
		operator_share: Perbill,
		payees: Payees<T::AccountId>,
	) -> DispatchResult {
		let deposit = T::TermsDeposit::get();
		record.stored_terms.try_push(version).map_err(|_| Error::<T>::TooManyTerms)?;
		Self::hold(HoldReason::TermsDeposit, &record.creator, deposit)?;
		let terms =
			Terms { rate, operator_share, payees: payees.clone(), replaced_at: None, channels: 0, deposit };
		TermsOf::<T>::insert(stream, version, terms);
		Self::deposit_event(Event::TermsAdded { stream, terms: version, rate, operator_share, payees });
		Ok(())
	}

	/// Removes a version of terms, also from the stream's record, which the caller writes.
	fn drop_terms(
		stream: StreamId,
		record: &mut Stream<T::AccountId>,
		version: TermsVersion,
		terms: &Terms<T::AccountId>,
	) -> DispatchResult {
		record.stored_terms.retain(|stored| *stored != version);
		TermsOf::<T>::remove(stream, version);
		Self::release(HoldReason::TermsDeposit, &record.creator, terms.deposit)?;
		Self::deposit_event(Event::TermsRemoved { stream, terms: version });
		Ok(())
	}

	/// Writes a retired stream's record, or removes it where no terms are left.
	fn keep_or_remove(stream: StreamId, record: Stream<T::AccountId>) -> DispatchResult {
		if !record.stored_terms.is_empty() {
			Streams::<T>::insert(stream, record);
			return Ok(());
		}
		Streams::<T>::remove(stream);
		Self::release(HoldReason::StreamDeposit, &record.creator, record.deposit)?;
		Self::deposit_event(Event::StreamRemoved { stream });
		Ok(())
	}

	fn check_payees(payees: &[Payee<T::AccountId>]) -> DispatchResult {
		let accounts: BTreeSet<_> = payees.iter().map(|payee| &payee.account).collect();
		ensure!(accounts.len() == payees.len(), Error::<T>::DuplicatePayee);
		ensure!(payees.iter().all(|payee| !payee.share.is_zero()), Error::<T>::ZeroShare);
		let sum: u64 = payees.iter().map(|payee| u64::from(payee.share.deconstruct())).sum();
		ensure!(sum == u64::from(Perbill::one().deconstruct()), Error::<T>::SharesNotWhole);
		Ok(())
	}

	fn check_operators(operators: &[T::AccountId]) -> DispatchResult {
		let distinct: BTreeSet<_> = operators.iter().collect();
		ensure!(distinct.len() == operators.len(), Error::<T>::DuplicateOperator);
		Ok(())
	}
}

/// The payees' shares, in their order.
pub(crate) fn shares_of<AccountId>(terms: &Terms<AccountId>) -> Vec<Perbill> {
	terms.payees.iter().map(|payee| payee.share).collect()
}
