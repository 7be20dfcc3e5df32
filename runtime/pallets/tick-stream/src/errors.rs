// SPDX-License-Identifier: Apache-2.0
//! Why a call is refused. Clients show these sentences to people as they are.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// There is no stream with this id.
		StreamNotFound,
		/// Only the stream's creator may do this.
		NotCreator,
		/// This stream is retired: it takes no new channels, tips or changes.
		StreamRetired,
		/// This stream has no such version of its terms.
		TermsNotFound,
		/// These terms were replaced too long ago to open a channel on them.
		TermsReplaced,
		/// These terms can still open channels, so they cannot be removed yet.
		TermsStillOpen,
		/// A channel still stands on these terms.
		TermsInUse,
		/// The stream keeps too many versions of its terms: remove old ones first.
		TooManyTerms,
		/// A tick must be at least one millisecond long.
		InvalidTickLength,
		/// The same payee is named twice.
		DuplicatePayee,
		/// A payee's share is zero.
		ZeroShare,
		/// The payees' shares do not add up to the whole.
		SharesNotWhole,
		/// The same operator is named twice.
		DuplicateOperator,
		/// There is no tab with this id.
		TabNotFound,
		/// Only the tab's owner may do this; anyone may close it after it has expired.
		NotTabOwner,
		/// The tab is closed.
		TabClosed,
		/// The tab has expired.
		TabExpired,
		/// The expiry lies in the past.
		ExpiryInPast,
		/// The deposit is below the smallest tab.
		DepositTooSmall,
		/// The amount is zero.
		ZeroAmount,
		/// What can be claimed is too small for a wallet whose account does not exist.
		ClaimTooSmall,
		/// The commitment's time to open has passed.
		OpenTooLate,
		/// The commitment may open for longer than the chain allows.
		OpenByTooFar,
		/// The commitment names another rate than the stream's terms.
		RateMismatch,
		/// The stream is free: it needs no channel.
		StreamIsFree,
		/// The stream does not let this operator serve it.
		OperatorNotAllowed,
		/// The opening fee is higher than the chain allows.
		OpenFeeTooHigh,
		/// The commitment has no ticks, or more than the chain allows.
		InvalidMaxTicks,
		/// The channel would outlive its tab.
		ChannelOutlivesTab,
		/// The channel would live longer than the chain allows.
		ChannelLifeTooLong,
		/// The channel is worth less than the chain allows.
		ChannelTooSmall,
		/// This commitment's nonce was used before: a commitment opens at most once.
		NonceUsed,
		/// This commitment's nonce is too far below the highest one used.
		NonceTooOld,
		/// The tab has too little left for this channel.
		TabTooLow,
		/// The signature is not the session key's.
		InvalidSignature,
		/// There is no channel with this id: it was never opened, or it has ended.
		ChannelNotFound,
		/// The channel's time is over: it can only be finalized.
		ChannelOver,
		/// The channel's time is not over yet.
		ChannelNotOver,
		/// These ticks were settled before.
		NothingToSettle,
		/// These are more ticks than the commitment allows.
		TooManyTicks,
		/// The declared hashes are more than one settlement may spend: settle in steps.
		WalkTooLong,
		/// The declared hashes do not reach from this preimage to what was settled before.
		HashesTooFew,
		/// The preimage is missing.
		PreimageMissing,
		/// The preimage does not lead to what was settled before.
		InvalidPreimage,
		/// Only the channel's operator may close it this way.
		NotOperator,
		/// A close was requested before.
		CloseAlreadyRequested,
	}
}
