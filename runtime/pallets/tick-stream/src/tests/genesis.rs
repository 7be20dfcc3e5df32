// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_ok, traits::StorageVersion};
use sp_core::H256;

use super::{fixtures::*, mock::*};
use crate::*;

#[test]
fn keeps_the_escrow_account_alive() {
	test(|| {
		assert_eq!(free(&escrow()), ALIVE);
		assert_eq!(StorageVersion::get::<Pallet<Test>>(), STORAGE_VERSION);
	});
}

#[test]
fn the_genesis_hash_outlives_the_other_block_hashes() {
	test(|| {
		register();
		open_tab();
		for _ in 0..2 * BLOCK_HASHES {
			next_block();
		}
		assert_eq!(System::block_hash(1), H256::zero());
		assert_eq!(System::block_hash(0), GENESIS);
		assert_ok!(open(commitment()));
	});
}
