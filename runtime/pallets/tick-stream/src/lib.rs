// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
pub use pallet::*;


#[frame_support::pallet]
pub mod pallet {
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {}

	/// Last tick by account.
	#[pallet::storage]
	pub type Ticks<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u64, OptionQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		Ticked { who: T::AccountId, tick: u64 },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The tick is not greater than the last one.
		NotMonotonic,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		#[pallet::call_index(0)]
		#[pallet::weight(Weight::from_parts(20_000_000, 3_500).saturating_add(T::DbWeight::get().reads_writes(1, 1)))]
		pub fn tick(origin: OriginFor<T>, tick: u64) -> DispatchResult {
			let who = ensure_signed(origin)?;
			if let Some(last) = Ticks::<T>::get(&who) {
				ensure!(tick > last, Error::<T>::NotMonotonic);
			}
			Ticks::<T>::insert(&who, tick);
			Self::deposit_event(Event::Ticked { who, tick });
			Ok(())
		}
	}
}
