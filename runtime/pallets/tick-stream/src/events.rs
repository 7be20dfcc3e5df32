// SPDX-License-Identifier: Apache-2.0
//! What the pallet announces: one event for every change of stream, terms, tab and channel. They carry what an auditor needs.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A creator made an offer; its first terms are version 1.
		StreamRegistered {
			stream: StreamId,
			creator: T::AccountId,
			tick_ms: u32,
			operators: Operators<T::AccountId>,
			metadata: Metadata,
		},
		/// A version of a stream's terms took effect.
		TermsAdded {
			stream: StreamId,
			terms: TermsVersion,
			rate: u128,
			operator_share: Perbill,
			payees: Payees<T::AccountId>,
		},
		/// A version of terms that no channel used is gone.
		TermsRemoved { stream: StreamId, terms: TermsVersion },
		/// A stream's operators and metadata were replaced.
		StreamUpdated { stream: StreamId, operators: Operators<T::AccountId>, metadata: Metadata },
		/// A stream opens no more channels.
		StreamRetired { stream: StreamId },
		/// A retired stream's last channel has ended: the stream is gone.
		StreamRemoved { stream: StreamId },
		/// A viewer moved a deposit into escrow.
		TabOpened { tab: TabId, owner: T::AccountId, deposit: u128, session_key: SessionKey, expires_at: u32 },
		/// A viewer added to a tab.
		TabToppedUp { tab: TabId, amount: u128 },
		/// A tab's session key was replaced.
		SessionKeySet { tab: TabId, session_key: SessionKey },
		/// A tab opens no more channels.
		TabClosed { tab: TabId },
		/// Money went from a tab back to its owner.
		TabReturned { tab: TabId, owner: T::AccountId, amount: u128 },
		/// Money that the owner's account could not take stays in the tab, to be claimed by `close_tab`.
		TabClaimable { tab: TabId, claimable: u128 },
		/// A closed tab with no channel and nothing to claim is gone.
		TabRemoved { tab: TabId },
		/// A commitment is on chain.
		ChannelOpened { channel: ChannelId, commitment: Commitment<T::AccountId> },
		/// Ticks were paid; the payees' parts follow from the channel's terms.
		Settled {
			channel: ChannelId,
			/// Ticks settled before.
			from: u32,
			/// Ticks settled now.
			ticks: u32,
			preimage: Preimage,
			amount: u128,
			operator_paid: u128,
		},
		/// A channel will end at this block.
		CloseRequested { channel: ChannelId, end: u32 },
		/// A channel is gone.
		ChannelEnded {
			channel: ChannelId,
			/// Plancks paid over its life.
			paid: u128,
			/// Plancks that went back to the tab or its owner.
			freed: u128,
		},
		/// A payee's account could not take its part; the stream's creator got it.
		ShareRedirected { stream: StreamId, payee: T::AccountId, amount: u128 },
		/// One item of a batch failed; the others stand.
		ItemFailed { index: u32, channel: ChannelId, error: DispatchError },
		/// Someone tipped a stream's payees.
		Tipped { stream: StreamId, from: T::AccountId, amount: u128, note: Note },
	}
}
