// SPDX-License-Identifier: GPL-3.0-only
//! That the pieces fit: genesis, fees, limits, and the unsigned transaction through the executive.

mod fees;
mod genesis;
mod limits;
mod unsigned_close;

use frame_support::genesis_builder_helper::{build_state, get_preset};
use serde_json::Value;
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET};
use sp_io::TestExternalities;

use crate::*;

/// The parent of block 1.
pub const GENESIS: Hash = sp_core::H256([0x70; 32]);

/// Lays a patch over a genesis state, as nodes do.
fn merge(state: &mut Value, patch: Value) {
	match (state, patch) {
		(Value::Object(state), Value::Object(patch)) => {
			for (key, value) in patch {
				merge(state.entry(key).or_insert(Value::Null), value);
			}
		},
		(state, patch) => *state = patch,
	}
}

/// The development preset as a whole genesis state.
fn development_state() -> Vec<u8> {
	let default = get_preset::<RuntimeGenesisConfig>(&None, presets::get).expect("there is a default");
	let patch = presets::get(&PresetId::from(DEV_RUNTIME_PRESET)).expect("there is a development preset");
	let mut state = serde_json::from_slice(&default).expect("the default is JSON");
	merge(&mut state, serde_json::from_slice(&patch).expect("the preset is JSON"));
	serde_json::to_vec(&state).expect("a JSON value is serializable")
}

/// Block 1 of a development chain.
pub fn development(test: impl FnOnce()) {
	TestExternalities::default().execute_with(|| {
		build_state::<RuntimeGenesisConfig>(development_state()).expect("the preset is a genesis state");
		System::initialize(&1, &GENESIS, &Default::default());
		test();
	});
}
