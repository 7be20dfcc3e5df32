// SPDX-License-Identifier: GPL-3.0-only
//! Genesis states by name. The tick-stream pallet's own genesis keeps its escrow account alive in each of them.

use alloc::{vec, vec::Vec};
use frame_support::build_struct_json_patch;
use sp_genesis_builder::PresetId;
use sp_keyring::Sr25519Keyring;

use crate::{
	AuraConfig, AuraId, BalancesConfig, ParachainInfoConfig, RuntimeGenesisConfig, SudoConfig, UNIT,
};

/// The parachain id of development chains.
const DEVELOPMENT_PARA_ID: u32 = 2000;

/// What each well-known account owns on a development chain.
const DEVELOPMENT_ENDOWMENT: u128 = 1_000_000 * UNIT;

/// Well-known accounts with money, Alice as the one author and as sudo.
fn development() -> serde_json::Value {
	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig {
			balances: Sr25519Keyring::well_known()
				.map(|key| (key.to_account_id(), DEVELOPMENT_ENDOWMENT))
				.collect::<Vec<_>>(),
		},
		parachain_info: ParachainInfoConfig { parachain_id: DEVELOPMENT_PARA_ID.into() },
		aura: AuraConfig { authorities: vec![AuraId::from(Sr25519Keyring::Alice.public())] },
		sudo: SudoConfig { key: Some(Sr25519Keyring::Alice.to_account_id()) },
	})
}

/// The preset of this name, as JSON.
pub fn get(id: &PresetId) -> Option<Vec<u8>> {
	let patch = match id.as_ref() {
		sp_genesis_builder::DEV_RUNTIME_PRESET => development(),
		_ => return None,
	};
	Some(serde_json::to_vec(&patch).expect("a JSON value is serializable"))
}

/// Every preset's name.
pub fn names() -> Vec<PresetId> {
	vec![PresetId::from(sp_genesis_builder::DEV_RUNTIME_PRESET)]
}
