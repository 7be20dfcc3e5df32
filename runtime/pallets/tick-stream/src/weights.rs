// SPDX-License-Identifier: Apache-2.0
//! What each call costs. **Estimates**, counted by hand from reads, writes, hashes and signatures, until they are
//! generated from benchmarks. Each is meant to lie above the truth.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of the calls.
pub trait WeightInfo {
	fn register_stream() -> Weight;
	fn update_terms() -> Weight;
	fn remove_terms() -> Weight;
	fn update_stream() -> Weight;
	fn retire_stream() -> Weight;
	fn open_tab() -> Weight;
	fn top_up_tab() -> Weight;
	fn set_session_key() -> Weight;
	fn close_tab() -> Weight;
	fn open_channel() -> Weight;
	/// `items` commitments.
	fn open_batch(items: u32) -> Weight;
	/// `hashes` in all over `items` channels, of which `closes` end, paid by `payouts` transfers.
	fn settle_batch(items: u32, hashes: u32, closes: u32, payouts: u32) -> Weight;
	fn request_close() -> Weight;
	fn request_close_by_session_key() -> Weight;
	fn finalize_channel() -> Weight;
	/// `payouts` transfers.
	fn tip(payouts: u32) -> Weight;

	/// One channel, `hashes` and `payouts` transfers.
	fn settle(hashes: u32, payouts: u32) -> Weight {
		Self::settle_batch(1, hashes, 0, payouts)
	}
}

/// Picoseconds of one SHA-256 of 32 bytes in the runtime, the call to the host included.
const HASH: u64 = 1_000_000;
/// Picoseconds of one signature check.
const SIGNATURE: u64 = 70_000_000;
/// Picoseconds of a call's own logic and its events.
const CALL: u64 = 30_000_000;
/// Picoseconds of one batch item's own logic, storage layer and events.
const ITEM: u64 = 10_000_000;
/// Bytes of proof for a record of ours that shares no trie node with another.
const RECORD: u64 = 3_500;
/// Bytes of proof for each further record of a batch, whose upper trie nodes are in the proof already.
const NEXT_RECORD: u64 = 1_300;
/// The same for an account, whose value is smaller.
const NEXT_ACCOUNT: u64 = 1_000;

/// Estimates over a runtime's own cost of reads and writes.
pub struct EstimatedWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> EstimatedWeight<T> {
	fn of(time: u64, proof: u64, reads: u64, writes: u64) -> Weight {
		Weight::from_parts(time, proof).saturating_add(T::DbWeight::get().reads_writes(reads, writes))
	}

	/// A call that touches this many records, each read and written.
	fn call(records: u64) -> Weight {
		Self::of(CALL, records.saturating_mul(RECORD), records, records)
	}

	/// Transfers out of escrow, redirected ones included.
	fn payouts(count: u32) -> Weight {
		let count = u64::from(count);
		Self::of(count.saturating_mul(ITEM), count.saturating_mul(NEXT_ACCOUNT), count, count)
	}

	/// What a channel's end touches: look-up, tab, terms, stream, depositor's account and hold; of a closed tab the
	/// owner's account and the look-up; of a retired stream the creator's account and holds.
	fn end() -> Weight {
		Self::of(ITEM, 10 * NEXT_RECORD, 10, 10)
	}
}

impl<T: frame_system::Config> WeightInfo for EstimatedWeight<T> {
	fn register_stream() -> Weight {
		// Id, stream, terms, creator's account and holds.
		Self::call(5)
	}

	fn update_terms() -> Weight {
		// Stream, old and new terms, creator's account and holds.
		Self::call(5)
	}

	fn remove_terms() -> Weight {
		Self::call(4)
	}

	fn update_stream() -> Weight {
		Self::call(1)
	}

	fn retire_stream() -> Weight {
		Self::call(3 + u64::from(crate::types::MAX_TERMS))
	}

	fn open_tab() -> Weight {
		// Id, tab, look-up, owner, escrow.
		Self::call(5)
	}

	fn top_up_tab() -> Weight {
		Self::call(3)
	}

	fn set_session_key() -> Weight {
		Self::call(1)
	}

	fn close_tab() -> Weight {
		Self::call(4)
	}

	fn open_channel() -> Weight {
		// Tab, terms, channel, look-up; depositor's account and holds; escrow, operator (or creator); stream and
		// genesis hash are only read, which the writes counted for them more than cover.
		Self::call(10).saturating_add(Weight::from_parts(SIGNATURE, 0))
	}

	fn open_batch(items: u32) -> Weight {
		let item = Self::of(ITEM.saturating_add(SIGNATURE), 10 * NEXT_RECORD, 10, 9);
		Self::call(2).saturating_add(item.saturating_mul(items.into()))
	}

	fn settle_batch(items: u32, hashes: u32, closes: u32, payouts: u32) -> Weight {
		// Channel read and written; terms and stream read, which the channels of a batch often share.
		let item = Self::of(ITEM, 2 * NEXT_RECORD, 3, 1);
		Self::call(1)
			.saturating_add(item.saturating_mul(items.into()))
			.saturating_add(Weight::from_parts(HASH.saturating_mul(hashes.into()), 0))
			.saturating_add(Self::end().saturating_mul(closes.into()))
			.saturating_add(Self::payouts(payouts))
	}

	fn request_close() -> Weight {
		Self::call(2)
	}

	fn request_close_by_session_key() -> Weight {
		Self::call(2).saturating_add(Weight::from_parts(SIGNATURE.saturating_mul(2), 0))
	}

	fn finalize_channel() -> Weight {
		// The channel and escrow.
		Self::call(2).saturating_add(Self::end())
	}

	fn tip(payouts: u32) -> Weight {
		Self::call(3).saturating_add(Self::payouts(payouts))
	}
}
