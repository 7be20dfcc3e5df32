// SPDX-License-Identifier: Apache-2.0
//! What the pallet keeps. Every value is bounded; every later change of shape is a migration.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod storage {
	/// The id given to the newest stream; the first is 1.
	#[pallet::storage]
	pub type LastStreamId<T> = StorageValue<_, StreamId, ValueQuery>;

	/// The id given to the newest tab; the first is 1.
	#[pallet::storage]
	pub type LastTabId<T> = StorageValue<_, TabId, ValueQuery>;

	/// Offers of creators.
	#[pallet::storage]
	pub type Streams<T: Config> = StorageMap<_, Twox64Concat, StreamId, Stream<T::AccountId>>;

	/// Versions of streams' prices.
	#[pallet::storage]
	pub type TermsOf<T: Config> =
		StorageDoubleMap<_, Twox64Concat, StreamId, Twox64Concat, TermsVersion, Terms<T::AccountId>>;

	/// Escrow of viewers' devices.
	#[pallet::storage]
	pub type Tabs<T: Config> = StorageMap<_, Twox64Concat, TabId, Tab<T::AccountId>>;

	/// Look-up: the tabs of an owner.
	#[pallet::storage]
	pub type TabsOf<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, TabId, ()>;

	/// Commitments on chain. The id is a hash that nobody can choose, so it needs no hasher.
	#[pallet::storage]
	pub type Channels<T: Config> = StorageMap<_, Identity, ChannelId, Channel<T::AccountId>>;

	/// Look-up: the open channels of a tab.
	#[pallet::storage]
	pub type ChannelsOf<T: Config> = StorageDoubleMap<_, Twox64Concat, TabId, Identity, ChannelId, ()>;
}
