// SPDX-License-Identifier: Apache-2.0
//! Moving money. Tabs live in the pallet's own account; nothing here changes a record.

use frame_support::traits::{
	fungible::{Inspect, Mutate, MutateHold},
	tokens::{DepositConsequence, Precision, Preservation, Provenance},
	Get,
};
use sp_runtime::{traits::AccountIdConversion, DispatchError, DispatchResult};

use crate::{Config, Event, HoldReason, Pallet, StreamId};

impl<T: Config> Pallet<T> {
	/// The account that holds every tab. Genesis keeps it alive.
	pub fn escrow_account() -> T::AccountId {
		T::PalletId::get().into_account_truncating()
	}

	/// Moves `amount` from a wallet into escrow; the wallet's account stays alive.
	pub(crate) fn collect(from: &T::AccountId, amount: u128) -> DispatchResult {
		T::Currency::transfer(from, &Self::escrow_account(), amount, Preservation::Preserve).map(|_| ())
	}

	/// Pays `amount` to `to`, and says whether its account could take it: one that does not exist takes no less than the
	/// existential deposit.
	pub(crate) fn try_pay(
		from: &T::AccountId,
		to: &T::AccountId,
		amount: u128,
	) -> Result<bool, DispatchError> {
		if T::Currency::can_deposit(to, amount, Provenance::Extant) != DepositConsequence::Success {
			return Ok(false);
		}
		T::Currency::transfer(from, to, amount, Preservation::Preserve)?;
		Ok(true)
	}

	/// Sends a payee's part to the stream's creator instead, whose account the stream's deposit keeps alive.
	pub(crate) fn redirect(
		from: &T::AccountId,
		stream: StreamId,
		creator: &T::AccountId,
		payee: &T::AccountId,
		amount: u128,
	) -> DispatchResult {
		T::Currency::transfer(from, creator, amount, Preservation::Preserve)?;
		Self::deposit_event(Event::ShareRedirected { stream, payee: payee.clone(), amount });
		Ok(())
	}

	/// Pays a part of one stream's income, to the creator if the payee can't take it.
	pub(crate) fn pay_part(
		from: &T::AccountId,
		stream: StreamId,
		creator: &T::AccountId,
		payee: &T::AccountId,
		amount: u128,
	) -> DispatchResult {
		if amount == 0 || Self::try_pay(from, payee, amount)? {
			return Ok(());
		}
		Self::redirect(from, stream, creator, payee, amount)
	}

	/// Holds a record's deposit.
	pub(crate) fn hold(reason: HoldReason, who: &T::AccountId, deposit: u128) -> DispatchResult {
		T::Currency::hold(&reason.into(), who, deposit)
	}

	/// Returns a record's deposit.
	pub(crate) fn release(reason: HoldReason, who: &T::AccountId, deposit: u128) -> DispatchResult {
		T::Currency::release(&reason.into(), who, deposit, Precision::Exact).map(|_| ())
	}
}
