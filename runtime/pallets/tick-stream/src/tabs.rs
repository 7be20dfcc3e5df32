// SPDX-License-Identifier: Apache-2.0
//! The rules of tabs.

use frame_support::{ensure, traits::Get};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};

use crate::{
	nonce_window::NonceWindow, Config, Error, Event, LastTabId, Pallet, SessionKey, Tab, TabId, Tabs, TabsOf,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_open_tab(
		owner: T::AccountId,
		deposit: u128,
		session_key: SessionKey,
		expires_at: u32,
	) -> DispatchResult {
		ensure!(deposit >= T::MinTab::get(), Error::<T>::DepositTooSmall);
		ensure!(expires_at > Self::now(), Error::<T>::ExpiryInPast);
		let tab = LastTabId::<T>::get().checked_add(1).ok_or(ArithmeticError::Overflow)?;

		Self::collect(&owner, deposit)?;
		LastTabId::<T>::put(tab);
		TabsOf::<T>::insert(&owner, tab, ());
		let record = Tab {
			owner: owner.clone(),
			session_key,
			expires_at,
			free: deposit,
			set_aside: 0,
			claimable: 0,
			nonces: NonceWindow::default(),
			channels: 0,
			closed: false,
		};
		Tabs::<T>::insert(tab, record);
		Self::deposit_event(Event::TabOpened { tab, owner, deposit, session_key, expires_at });
		Ok(())
	}

	pub(crate) fn do_top_up_tab(who: &T::AccountId, tab: TabId, amount: u128) -> DispatchResult {
		let mut record = Self::own_tab(who, tab)?;
		ensure!(!record.closed, Error::<T>::TabClosed);
		ensure!(Self::now() <= record.expires_at, Error::<T>::TabExpired);
		ensure!(amount > 0, Error::<T>::ZeroAmount);
		record.free = record.free.checked_add(amount).ok_or(ArithmeticError::Overflow)?;

		Self::collect(who, amount)?;
		Tabs::<T>::insert(tab, record);
		Self::deposit_event(Event::TabToppedUp { tab, amount });
		Ok(())
	}

	pub(crate) fn do_set_session_key(
		who: &T::AccountId,
		tab: TabId,
		session_key: SessionKey,
	) -> DispatchResult {
		let mut record = Self::own_tab(who, tab)?;

		record.session_key = session_key;
		Tabs::<T>::insert(tab, record);
		Self::deposit_event(Event::SessionKeySet { tab, session_key });
		Ok(())
	}

	pub(crate) fn do_close_tab(who: &T::AccountId, tab: TabId) -> DispatchResult {
		let mut record = Tabs::<T>::get(tab).ok_or(Error::<T>::TabNotFound)?;
		if record.closed {
			ensure!(record.claimable > 0, Error::<T>::TabClosed);
			Self::give_back(tab, &mut record, 0)?;
			ensure!(record.claimable == 0, Error::<T>::ClaimTooSmall);
			return Self::keep_or_remove_tab(tab, record);
		}
		ensure!(who == &record.owner || Self::now() > record.expires_at, Error::<T>::NotTabOwner);

		record.closed = true;
		let free = core::mem::take(&mut record.free);
		Self::deposit_event(Event::TabClosed { tab });
		Self::give_back(tab, &mut record, free)?;
		Self::keep_or_remove_tab(tab, record)
	}

	/// Takes an ended channel off its tab: `set_aside` plancks were its maximum, `freed` of them unspent.
	pub(crate) fn leave_tab(tab: TabId, set_aside: u128, freed: u128) -> DispatchResult {
		let mut record = Tabs::<T>::get(tab).ok_or(Error::<T>::TabNotFound)?;
		record.channels = record.channels.checked_sub(1).ok_or(ArithmeticError::Underflow)?;
		record.set_aside = record.set_aside.checked_sub(set_aside).ok_or(ArithmeticError::Underflow)?;
		if record.closed {
			Self::give_back(tab, &mut record, freed)?;
			return Self::keep_or_remove_tab(tab, record);
		}
		record.free = record.free.checked_add(freed).ok_or(ArithmeticError::Overflow)?;
		Tabs::<T>::insert(tab, record);
		Ok(())
	}

	/// Pays `amount` and what was claimable before to the owner, or keeps both claimable where its account can't take
	/// them. The caller writes the record.
	fn give_back(tab: TabId, record: &mut Tab<T::AccountId>, amount: u128) -> DispatchResult {
		let owed = record.claimable.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
		if owed == 0 {
			return Ok(());
		}
		if Self::try_pay(&Self::escrow_account(), &record.owner, owed)? {
			record.claimable = 0;
			Self::deposit_event(Event::TabReturned { tab, owner: record.owner.clone(), amount: owed });
		} else {
			record.claimable = owed;
			Self::deposit_event(Event::TabClaimable { tab, claimable: owed });
		}
		Ok(())
	}

	/// Writes a closed tab's record, or removes it where nothing is left of it.
	fn keep_or_remove_tab(tab: TabId, record: Tab<T::AccountId>) -> DispatchResult {
		if record.channels > 0 || record.claimable > 0 {
			Tabs::<T>::insert(tab, record);
			return Ok(());
		}
		Tabs::<T>::remove(tab);
		TabsOf::<T>::remove(&record.owner, tab);
		Self::deposit_event(Event::TabRemoved { tab });
		Ok(())
	}

	/// The tab, if it is `who`'s.
	fn own_tab(who: &T::AccountId, tab: TabId) -> Result<Tab<T::AccountId>, DispatchError> {
		let record = Tabs::<T>::get(tab).ok_or(Error::<T>::TabNotFound)?;
		ensure!(&record.owner == who, Error::<T>::NotTabOwner);
		Ok(record)
	}
}
