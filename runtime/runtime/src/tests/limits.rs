// SPDX-License-Identifier: GPL-3.0-only

use codec::Encode;
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::Get,
	BoundedVec,
};
use pallet_tick_stream::{Call, Config, SettleItem};

use super::*;

/// A minute and a half of ticks.
const HASHES: u32 = 90;

/// Asserts that a transaction with this call, of whatever outcome, fits a block.
fn assert_fits(call: Call<Runtime>) {
	let call = RuntimeCall::TickStream(call);
	let weights = <Runtime as frame_system::Config>::BlockWeights::get();
	let most = weights.get(DispatchClass::Normal).max_extrinsic.expect("normal transactions have a limit");
	let weight = call.get_dispatch_info().call_weight;
	assert!(weight.all_lte(most), "{weight} is more than {most}");
	let length = <Runtime as frame_system::Config>::BlockLength::get();
	assert!(call.encoded_size() < *length.max.get(DispatchClass::Normal) as usize);
}

#[test]
fn the_largest_settlement_batch_fits_a_block() {
	let item =
		SettleItem { channel: GENESIS, ticks: HASHES, preimage: Some([0; 32]), hashes: HASHES, close: true };
	let most: u32 = <Runtime as Config>::MaxBatch::get();
	assert_fits(Call::settle_batch { items: BoundedVec::truncate_from(vec![item; most as usize]) });
}

#[test]
fn the_longest_walk_fits_a_block() {
	let hashes = <Runtime as Config>::MaxWalk::get();
	assert_fits(Call::settle { channel: GENESIS, ticks: hashes, preimage: [0; 32], hashes });
}

#[test]
fn the_largest_batch_of_openings_fits_a_block() {
	let weight = <<Runtime as Config>::WeightInfo as pallet_tick_stream::WeightInfo>::open_batch(
		<Runtime as Config>::MaxBatch::get(),
	);
	let weights = <Runtime as frame_system::Config>::BlockWeights::get();
	let most = weights.get(DispatchClass::Normal).max_extrinsic.expect("normal transactions have a limit");
	assert!(weight.all_lte(most), "{weight} is more than {most}");
}
