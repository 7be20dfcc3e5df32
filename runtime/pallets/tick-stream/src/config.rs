// SPDX-License-Identifier: Apache-2.0
//! What a runtime chooses, and the bounds that are the pallet's own.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod config {
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>, Hash = sp_core::H256> {
		/// The token that tabs hold and settlements pay.
		type Currency: fungible::Inspect<Self::AccountId, Balance = u128>
			+ fungible::Mutate<Self::AccountId>
			+ fungible::MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		type RuntimeHoldReason: From<HoldReason>;

		type WeightInfo: WeightInfo;

		/// The pallet's own account holds every tab.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// Held from a creator for a stream, in plancks.
		#[pallet::constant]
		type StreamDeposit: Get<u128>;

		/// Held from a creator for each version of terms, in plancks.
		#[pallet::constant]
		type TermsDeposit: Get<u128>;

		/// Held from whoever opens a channel, in plancks.
		#[pallet::constant]
		type ChannelDeposit: Get<u128>;

		/// How far ahead a commitment's `open_by` may lie, in blocks.
		#[pallet::constant]
		type MaxOpenDelay: Get<u32>;

		/// How long replaced terms still open channels, in blocks. Longer than `MaxOpenDelay`, so that a change
		/// outlasts any open that waits.
		#[pallet::constant]
		type UpdateDelay: Get<u32>;

		/// An operator's time to settle after a viewer asks to close, in blocks.
		#[pallet::constant]
		type Grace: Get<u32>;

		/// The longest life of a channel, in blocks.
		#[pallet::constant]
		type MaxChannelLife: Get<u32>;

		/// Most ticks of one channel.
		#[pallet::constant]
		type MaxTicks: Get<u32>;

		/// Most hashes of one settlement.
		#[pallet::constant]
		type MaxWalk: Get<u32>;

		/// Most items of one batch.
		#[pallet::constant]
		type MaxBatch: Get<u32>;

		/// The least that a channel sets aside, in plancks.
		#[pallet::constant]
		type MinChannel: Get<u128>;

		/// The least deposit of a new tab, in plancks.
		#[pallet::constant]
		type MinTab: Get<u128>;

		/// The highest opening fee, in plancks.
		#[pallet::constant]
		type MaxOpenFee: Get<u128>;
	}

	#[pallet::extra_constants]
	impl<T: Config> Pallet<T> {
		/// The account that holds every tab.
		#[pallet::constant_name(EscrowAccount)]
		fn escrow_account_constant() -> T::AccountId {
			Self::escrow_account()
		}

		/// Most payees in one version of terms.
		#[pallet::constant_name(MaxPayees)]
		fn max_payees() -> u32 {
			MAX_PAYEES
		}

		/// Most operators a stream may name.
		#[pallet::constant_name(MaxOperators)]
		fn max_operators() -> u32 {
			MAX_OPERATORS
		}

		/// Most versions of terms stored at once for one stream.
		#[pallet::constant_name(MaxTerms)]
		fn max_terms() -> u32 {
			MAX_TERMS
		}

		/// Longest metadata of a stream, in bytes.
		#[pallet::constant_name(MaxMetadata)]
		fn max_metadata() -> u32 {
			MAX_METADATA
		}

		/// Longest note of a tip, in bytes.
		#[pallet::constant_name(MaxNote)]
		fn max_note() -> u32 {
			MAX_NOTE
		}
	}
}
