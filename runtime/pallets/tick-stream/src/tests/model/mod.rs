// SPDX-License-Identifier: Apache-2.0
//! Random sequences of calls, against a model of the protocol that shares no code with the pallet: both must take or
//! refuse the same calls, and agree on every planck after each.

mod calls;
mod operations;
mod state;

use proptest::prelude::*;

use self::{
	operations::{operation, perform, prelude},
	state::Model,
};
use super::{
	fixtures::{escrow, free},
	invariants,
	mock::*,
};
use crate::*;

/// Everything the model knows, asked of the chain.
fn assert_agrees(model: &Model) {
	for (who, wallet) in &model.wallets {
		assert_eq!(free(who), wallet.free, "free balance of {who:?}");
		assert_eq!(Balances::reserved_balance(who), wallet.held, "held from {who:?}");
	}
	assert_eq!(free(&escrow()), ALIVE + model.escrow, "escrow");
	assert_eq!(invariants::owed(), model.escrow, "escrow holds exactly what it owes");

	let streams: Vec<_> = Streams::<Test>::iter_keys().collect();
	assert_eq!(streams.len(), model.streams.len());
	for (id, expected) in &model.streams {
		let stream = Streams::<Test>::get(id).expect("the model has this stream");
		let versions: Vec<_> = expected.versions.keys().copied().collect();
		assert_eq!(stream.stored_terms.as_slice(), versions, "terms of stream {id}");
		assert_eq!(stream.retired, expected.retired);
	}
	assert_eq!(Tabs::<Test>::iter_keys().count(), model.tabs.len());
	for (id, expected) in &model.tabs {
		let tab = Tabs::<Test>::get(id).expect("the model has this tab");
		assert_eq!(
			(tab.free, tab.claimable, tab.closed),
			(expected.free, expected.claimable, expected.closed)
		);
	}
	assert_eq!(Channels::<Test>::iter_keys().count(), model.channels.len());
	for (id, expected) in &model.channels {
		let channel = Channels::<Test>::get(id).expect("the model has this channel");
		assert_eq!((channel.settled, channel.end), (expected.settled, expected.end));
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 2_000, ..Default::default() })]

	#[test]
	fn agrees_after_every_call(operations in prop::collection::vec(operation(), 1..90)) {
		externalities(&state::funded()).execute_with(|| {
			let mut model = Model::new();
			let issued = Balances::total_issuance();
			for operation in prelude().into_iter().chain(operations) {
				let taken = perform(&operation, &mut model);
				assert_eq!(taken.by_chain, taken.by_model, "{operation:?}");
				assert_agrees(&model);
				invariants::check();
				assert_eq!(Balances::total_issuance(), issued, "no planck is made or lost");
			}
		});
	}
}
