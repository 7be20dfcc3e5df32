// SPDX-License-Identifier: Apache-2.0
//! Which random calls there are, and in what proportion.

use proptest::prelude::*;

use super::{
	super::mock::ALIVE,
	calls::*,
	state::{Model, CREATORS, OPERATORS, VIEWERS},
};
use crate::TermsVersion;

/// From here on a number of ticks to settle counts down from the channel's maximum.
pub const FROM_THE_TOP: u32 = 1_000;

/// Picks a record that does not exist.
pub const NONE: usize = usize::MAX;

/// One random call. Numbers that pick a record count round through those there are.
#[derive(Debug, Clone)]
pub enum Operation {
	Register {
		creator: usize,
		rate: u128,
		ghost_percent: u32,
	},
	UpdateTerms {
		stream: usize,
		rate: u128,
		ghost_percent: u32,
	},
	RemoveTerms {
		stream: usize,
		version: TermsVersion,
	},
	Retire {
		stream: usize,
	},
	OpenTab {
		viewer: usize,
		deposit: u128,
		life: u32,
	},
	TopUp {
		tab: usize,
		amount: u128,
	},
	CloseTab {
		tab: usize,
		by_owner: bool,
	},
	Open {
		tab: usize,
		stream: usize,
		older: u32,
		max_ticks: u32,
		operator: usize,
		open_fee: u128,
		life: u32,
	},
	Settle {
		channel: usize,
		more: u32,
	},
	SettleBatch {
		by: usize,
		items: Vec<(usize, u32, bool)>,
	},
	RequestClose {
		channel: usize,
	},
	Finalize {
		channel: usize,
	},
	Tip {
		stream: usize,
		amount: u128,
	},
	/// The bank funds a wallet.
	Fund {
		viewer: usize,
		amount: u128,
	},
	/// A wallet empties itself.
	Leave {
		viewer: usize,
	},
	Pass {
		blocks: u32,
	},
	/// Time passes to the end of a channel, or just beyond it.
	Reach {
		channel: usize,
		beyond: u32,
	},
}

/// Whether each side took a call.
pub struct Taken {
	pub by_chain: bool,
	pub by_model: bool,
}

/// Calls before the random ones, so that most of those have something to work on.
pub fn prelude() -> Vec<Operation> {
	use Operation::*;
	let register = |creator| Register { creator, rate: 7, ghost_percent: 2 };
	let open_tab = |viewer| OpenTab { viewer, deposit: 30_000, life: 1_500 };
	vec![register(0), register(1), open_tab(0), open_tab(1)]
}

/// Calls in such proportions that channels open, pay and end.
pub fn operation() -> impl Strategy<Value = Operation> {
	use Operation::*;
	let index = || prop_oneof![9 => 0usize..4, 1 => Just(NONE)];
	let rate = || prop_oneof![1 => Just(0u128), 9 => 4u128..40];
	let more = || prop_oneof![0u32..40, FROM_THE_TOP..FROM_THE_TOP + 12];
	let older = prop_oneof![5 => Just(0u32), 1 => Just(1u32)];
	let item = (index(), more(), any::<bool>());
	prop_oneof![
		2 => (0usize..2, rate(), 1u32..100)
			.prop_map(|(creator, rate, ghost_percent)| Register { creator, rate, ghost_percent }),
		2 => (index(), rate(), 1u32..100)
			.prop_map(|(stream, rate, ghost_percent)| UpdateTerms { stream, rate, ghost_percent }),
		2 => (index(), 1u32..3).prop_map(|(stream, version)| RemoveTerms { stream, version }),
		1 => index().prop_map(|stream| Retire { stream }),
		3 => (0usize..2, 500u128..40_000, prop_oneof![1 => Just(0u32), 9 => 300u32..2_000])
			.prop_map(|(viewer, deposit, life)| OpenTab { viewer, deposit, life }),
		1 => (index(), 0u128..500).prop_map(|(tab, amount)| TopUp { tab, amount }),
		3 => (index(), any::<bool>()).prop_map(|(tab, by_owner)| CloseTab { tab, by_owner }),
		14 => (index(), index(), older, 20u32..80, 0usize..2, 0u128..95, 0u32..300).prop_map(
			|(tab, stream, older, max_ticks, operator, open_fee, life)| {
				Open { tab, stream, older, max_ticks, operator, open_fee, life }
			}
		),
		5 => (index(), more()).prop_map(|(channel, more)| Settle { channel, more }),
		5 => (0usize..2, prop::collection::vec(item, 0..5)).prop_map(|(by, items)| SettleBatch { by, items }),
		2 => index().prop_map(|channel| RequestClose { channel }),
		2 => index().prop_map(|channel| Finalize { channel }),
		1 => (index(), 0u128..300).prop_map(|(stream, amount)| Tip { stream, amount }),
		2 => (0usize..2).prop_map(|viewer| Leave { viewer }),
		2 => (0usize..2, ALIVE..100_000).prop_map(|(viewer, amount)| Fund { viewer, amount }),
		2 => (1u32..70).prop_map(|blocks| Pass { blocks }),
		2 => (index(), 0u32..2).prop_map(|(channel, beyond)| Reach { channel, beyond }),
	]
}

/// Does it to both.
pub fn perform(operation: &Operation, model: &mut Model) -> Taken {
	use Operation::*;
	let (by_chain, by_model) = match operation.clone() {
		Register { creator, rate, ghost_percent } => register(model, &CREATORS[creator], rate, ghost_percent),
		UpdateTerms { stream, rate, ghost_percent } => update_terms(model, stream, rate, ghost_percent),
		RemoveTerms { stream, version } => remove_terms(model, stream, version),
		Retire { stream } => retire(model, stream),
		OpenTab { viewer, deposit, life } => open_tab(model, &VIEWERS[viewer], deposit, life),
		TopUp { tab, amount } => top_up(model, tab, amount),
		CloseTab { tab, by_owner } => close_tab(model, tab, by_owner),
		Open { .. } => open(model, operation),
		Settle { channel, more } => settle(model, channel, more),
		SettleBatch { by, items } => settle_batch(model, &OPERATORS[by], items),
		RequestClose { channel } => request_close(model, channel),
		Finalize { channel } => finalize(model, channel),
		Tip { stream, amount } => tip(model, stream, amount),
		Fund { viewer, amount } => fund(model, &VIEWERS[viewer], amount),
		Leave { viewer } => leave(model, &VIEWERS[viewer]),
		Pass { blocks } => {
			let block = model.now + blocks;
			pass_to(model, block)
		},
		Reach { channel, beyond } => reach(model, channel, beyond),
	};
	Taken { by_chain, by_model }
}
