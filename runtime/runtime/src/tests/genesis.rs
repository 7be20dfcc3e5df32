// SPDX-License-Identifier: GPL-3.0-only

use sp_core::H256;
use sp_keyring::Sr25519Keyring;

use super::*;

#[test]
fn the_development_preset_funds_the_well_known() {
	development(|| {
		for key in Sr25519Keyring::well_known() {
			assert_eq!(Balances::free_balance(key.to_account_id()), 1_000_000 * UNIT);
		}
		let alice = Sr25519Keyring::Alice;
		assert_eq!(pallet_sudo::Key::<Runtime>::get(), Some(alice.to_account_id()));
		assert_eq!(pallet_aura::Authorities::<Runtime>::get().into_inner(), [AuraId::from(alice.public())]);
		assert_eq!(u32::from(ParachainInfo::parachain_id()), 2000);
	});
}

#[test]
fn the_escrow_account_lives_from_genesis() {
	development(|| assert_eq!(Balances::free_balance(TickStream::escrow_account()), EXISTENTIAL_DEPOSIT));
}

#[test]
fn there_is_no_other_preset() {
	assert_eq!(presets::names().len(), 1);
	assert_eq!(presets::get(&PresetId::from("production")), None);
}

/// Signatures name the genesis hash for as long as the chain lives; the other hashes go after `BlockHashCount` blocks.
#[test]
fn the_genesis_hash_is_never_pruned() {
	development(|| {
		let kept = <Runtime as frame_system::Config>::BlockHashCount::get();
		System::initialize(&2, &H256([2; 32]), &Default::default());
		System::set_block_number(kept - 1);
		for number in kept..kept + 4 {
			System::initialize(&number, &H256([9; 32]), &Default::default());
			System::finalize();
		}
		assert_eq!(System::block_hash(1), H256::zero());
		assert_eq!(System::block_hash(0), GENESIS);
	});
}
