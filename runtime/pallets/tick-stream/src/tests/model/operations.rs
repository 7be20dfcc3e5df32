// SPDX-License-Identifier: Apache-2.0
//! The calls, each done to the chain and to the model.

use proptest::prelude::*;
use sp_runtime::Perbill;

use super::{
	super::{
		fixtures::{
			batch, device, id_of, metadata, note, operators, payees, preimage_of, signed, NO_CHANNEL,
		},
		mock::*,
	},
	state::*,
};
use crate::*;

/// One random call. Numbers that pick a record count through those there are.
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
	/// A wallet empties itself.
	Leave {
		viewer: usize,
	},
	Pass {
		blocks: u32,
	},
}

/// Whether each side took a call.
pub struct Taken {
	pub by_chain: bool,
	pub by_model: bool,
}

/// Calls in such proportions that channels open, pay and end.
pub fn operation() -> impl Strategy<Value = Operation> {
	use Operation::*;
	let index = || 0usize..6;
	let rate = || prop_oneof![Just(0u128), 1u128..40];
	let item = (index(), 0u32..40, any::<bool>());
	prop_oneof![
		2 => (0usize..2, rate(), 1u32..100)
			.prop_map(|(creator, rate, ghost_percent)| Register { creator, rate, ghost_percent }),
		2 => (index(), rate(), 1u32..100)
			.prop_map(|(stream, rate, ghost_percent)| UpdateTerms { stream, rate, ghost_percent }),
		1 => (index(), 1u32..4).prop_map(|(stream, version)| RemoveTerms { stream, version }),
		1 => index().prop_map(|stream| Retire { stream }),
		3 => (0usize..2, 500u128..9_000, 0u32..2_000)
			.prop_map(|(viewer, deposit, life)| OpenTab { viewer, deposit, life }),
		1 => (index(), 0u128..500).prop_map(|(tab, amount)| TopUp { tab, amount }),
		1 => (index(), any::<bool>()).prop_map(|(tab, by_owner)| CloseTab { tab, by_owner }),
		8 => (index(), index(), 0u32..2, 10u32..80, 0usize..2, 0u128..100, 0u32..1_000).prop_map(
			|(tab, stream, older, max_ticks, operator, open_fee, life)| {
				Open { tab, stream, older, max_ticks, operator, open_fee, life }
			}
		),
		5 => (index(), 0u32..40).prop_map(|(channel, more)| Settle { channel, more }),
		5 => (0usize..2, prop::collection::vec(item, 0..5)).prop_map(|(by, items)| SettleBatch { by, items }),
		1 => index().prop_map(|channel| RequestClose { channel }),
		2 => index().prop_map(|channel| Finalize { channel }),
		1 => (index(), 0u128..300).prop_map(|(stream, amount)| Tip { stream, amount }),
		1 => (0usize..2).prop_map(|viewer| Leave { viewer }),
		3 => (1u32..200).prop_map(|blocks| Pass { blocks }),
	]
}

/// The id a number picks, or one that does not exist.
fn pick<Id: Copy, Record>(index: usize, records: &std::collections::BTreeMap<Id, Record>, none: Id) -> Id {
	records.keys().nth(index).copied().unwrap_or(none)
}

fn two_payees(creator: &AccountId, ghost_percent: u32) -> Vec<(AccountId, u32)> {
	vec![(creator.clone(), 100 - ghost_percent), (GHOST, ghost_percent)]
}

fn model_terms(creator: &AccountId, rate: u128, ghost_percent: u32) -> ModelTerms {
	let payees = two_payees(creator, ghost_percent)
		.into_iter()
		.map(|(who, percent)| (who, u128::from(percent) * 10_000_000))
		.collect();
	ModelTerms {
		rate,
		operator_share: 100_000_000,
		payees,
		replaced_at: None,
		channels: 0,
	}
}

const OPERATOR_SHARE: Perbill = Perbill::from_percent(10);

/// Does it to both.
pub fn perform(operation: &Operation, model: &mut Model) -> Taken {
	use Operation::*;
	let (by_chain, by_model) = match operation.clone() {
		Register {
			creator,
			rate,
			ghost_percent,
		} => register(model, &CREATORS[creator], rate, ghost_percent),
		UpdateTerms {
			stream,
			rate,
			ghost_percent,
		} => update_terms(model, stream, rate, ghost_percent),
		RemoveTerms { stream, version } => remove_terms(model, stream, version),
		Retire { stream } => retire(model, stream),
		OpenTab {
			viewer,
			deposit,
			life,
		} => open_tab(model, &VIEWERS[viewer], deposit, life),
		TopUp { tab, amount } => top_up(model, tab, amount),
		CloseTab { tab, by_owner } => close_tab(model, tab, by_owner),
		Open { .. } => open(model, operation),
		Settle { channel, more } => settle(model, channel, more),
		SettleBatch { by, items } => settle_batch(model, &OPERATORS[by], items),
		RequestClose { channel } => request_close(model, channel),
		Finalize { channel } => finalize(model, channel),
		Tip { stream, amount } => tip(model, stream, amount),
		Leave { viewer } => leave(model, &VIEWERS[viewer]),
		Pass { blocks } => {
			model.now += blocks;
			System::set_block_number(model.now);
			(true, true)
		}
	};
	Taken { by_chain, by_model }
}

fn register(model: &mut Model, creator: &AccountId, rate: u128, ghost_percent: u32) -> (bool, bool) {
	let chain = TickStream::register_stream(
		signed(creator.clone()),
		rate,
		1_000,
		OPERATOR_SHARE,
		payees(&two_payees(creator, ghost_percent)),
		operators(&[]),
		metadata(""),
	);
	let taken = model.hold(creator, STREAM_DEPOSIT + TERMS_DEPOSIT);
	if taken {
		model.last_stream += 1;
		let versions = [(1, model_terms(creator, rate, ghost_percent))].into();
		let stream = ModelStream {
			creator: creator.clone(),
			versions,
			current: 1,
			retired: false,
		};
		model.streams.insert(model.last_stream, stream);
	}
	(chain.is_ok(), taken)
}

fn update_terms(model: &mut Model, stream: usize, rate: u128, ghost_percent: u32) -> (bool, bool) {
	let id = pick(stream, &model.streams, 999);
	let creator = model
		.streams
		.get(&id)
		.map_or(BANK, |stream| stream.creator.clone());
	let chain = TickStream::update_terms(
		signed(creator.clone()),
		id,
		rate,
		OPERATOR_SHARE,
		payees(&two_payees(&creator, ghost_percent)),
	);
	let possible = model
		.streams
		.get(&id)
		.is_some_and(|stream| !stream.retired && stream.versions.len() < MAX_TERMS as usize);
	let taken = possible && model.hold(&creator, TERMS_DEPOSIT);
	if let (true, now, Some(stream)) = (taken, model.now, model.streams.get_mut(&id)) {
		stream
			.versions
			.get_mut(&stream.current)
			.expect("the current terms")
			.replaced_at = Some(now);
		stream.current += 1;
		stream
			.versions
			.insert(stream.current, model_terms(&creator, rate, ghost_percent));
	}
	(chain.is_ok(), taken)
}

fn remove_terms(model: &mut Model, stream: usize, version: TermsVersion) -> (bool, bool) {
	let id = pick(stream, &model.streams, 999);
	let chain = TickStream::remove_terms(signed(BANK), id, version);
	let now = model.now;
	let taken = model
		.streams
		.get(&id)
		.and_then(|stream| stream.versions.get(&version))
		.is_some_and(|terms| {
			terms.channels == 0 && terms.replaced_at.is_some_and(|at| now >= at + UPDATE_DELAY)
		});
	if let (true, Some(stream)) = (taken, model.streams.get_mut(&id)) {
		stream.versions.remove(&version);
		let creator = stream.creator.clone();
		model.unhold(&creator, TERMS_DEPOSIT);
	}
	(chain.is_ok(), taken)
}

fn retire(model: &mut Model, stream: usize) -> (bool, bool) {
	let id = pick(stream, &model.streams, 999);
	let creator = model
		.streams
		.get(&id)
		.map_or(BANK, |stream| stream.creator.clone());
	let chain = TickStream::retire_stream(signed(creator), id);
	let taken = model
		.streams
		.get_mut(&id)
		.is_some_and(|stream| !core::mem::replace(&mut stream.retired, true));
	if taken {
		model.drop_unused_terms(id);
	}
	(chain.is_ok(), taken)
}

fn open_tab(model: &mut Model, viewer: &AccountId, deposit: u128, life: u32) -> (bool, bool) {
	let expires_at = model.now + life;
	let chain = TickStream::open_tab(signed(viewer.clone()), deposit, device().key(), expires_at);
	let taken = deposit >= MIN_TAB && life > 0 && model.spend(viewer, deposit);
	if taken {
		model.escrow += deposit;
		model.last_tab += 1;
		let tab = ModelTab {
			owner: viewer.clone(),
			free: deposit,
			claimable: 0,
			expires_at,
			channels: 0,
			closed: false,
		};
		model.tabs.insert(model.last_tab, tab);
	}
	(chain.is_ok(), taken)
}

fn top_up(model: &mut Model, tab: usize, amount: u128) -> (bool, bool) {
	let id = pick(tab, &model.tabs, 999);
	let owner = model.tabs.get(&id).map_or(BANK, |tab| tab.owner.clone());
	let chain = TickStream::top_up_tab(signed(owner.clone()), id, amount);
	let possible = model
		.tabs
		.get(&id)
		.is_some_and(|tab| !tab.closed && model.now <= tab.expires_at);
	let taken = possible && amount > 0 && model.spend(&owner, amount);
	if taken {
		model.escrow += amount;
		model.tabs.get_mut(&id).expect("it is there").free += amount;
	}
	(chain.is_ok(), taken)
}

fn close_tab(model: &mut Model, tab: usize, by_owner: bool) -> (bool, bool) {
	let id = pick(tab, &model.tabs, 999);
	let found = model.tabs.get(&id).cloned();
	let owner = found.as_ref().map_or(BANK, |tab| tab.owner.clone());
	let who = if by_owner { owner.clone() } else { BANK };
	let chain = TickStream::close_tab(signed(who), id);
	let taken = found.is_some_and(|tab| {
		if tab.closed {
			let alive = model.wallet(&owner).free >= ALIVE;
			return tab.claimable > 0 && (alive || tab.claimable >= ALIVE);
		}
		by_owner || model.now > tab.expires_at
	});
	if taken {
		let tab = model.tabs.get_mut(&id).expect("it is there");
		tab.closed = true;
		let free = core::mem::take(&mut tab.free);
		model.give_back(id, free);
	}
	(chain.is_ok(), taken)
}

fn open(model: &mut Model, operation: &Operation) -> (bool, bool) {
	let Operation::Open {
		tab,
		stream,
		older,
		max_ticks,
		operator,
		open_fee,
		life,
	} = operation.clone()
	else {
		return (false, false);
	};
	let (tab, stream) = (pick(tab, &model.tabs, 999), pick(stream, &model.streams, 999));
	let terms = model
		.streams
		.get(&stream)
		.map_or(1, |stream| stream.current.saturating_sub(older));
	let found = model
		.streams
		.get(&stream)
		.and_then(|stream| stream.versions.get(&terms))
		.cloned();
	let rate = found.as_ref().map_or(0, |terms| terms.rate);
	model.nonce += 1;
	let operator = OPERATORS[operator].clone();
	let commitment = Commitment {
		tab,
		nonce: model.nonce,
		open_by: model.now,
		stream,
		terms,
		rate,
		operator: operator.clone(),
		open_fee,
		anchor: preimage_of(max_ticks, 0),
		max_ticks,
		expires_at: model.now + life,
	};
	let signature = device().sign_commitment(&commitment);
	let id = id_of(&commitment);
	let chain = TickStream::open_channel(signed(operator.clone()), commitment, signature);

	let set_aside = rate * u128::from(max_ticks);
	let may_open = found
		.is_some_and(|terms| rate > 0 && terms.replaced_at.is_none_or(|at| model.now < at + UPDATE_DELAY))
		&& model.streams.get(&stream).is_some_and(|stream| !stream.retired);
	let covered = model.tabs.get(&tab).is_some_and(|tab| {
		!tab.closed && model.now + life <= tab.expires_at && tab.free >= set_aside + open_fee
	});
	let in_bounds = life > 0 && open_fee <= MAX_OPEN_FEE && set_aside >= MIN_CHANNEL;
	let taken = may_open && covered && in_bounds && model.hold(&operator, CHANNEL_DEPOSIT);
	if taken {
		model.escrow -= open_fee;
		model.wallet(&operator).free += open_fee;
		let record = model.tabs.get_mut(&tab).expect("it is there");
		record.free -= set_aside + open_fee;
		record.channels += 1;
		let versions = &mut model.streams.get_mut(&stream).expect("it is there").versions;
		versions.get_mut(&terms).expect("they are there").channels += 1;
		let end = model.now + life;
		let channel = ModelChannel {
			tab,
			stream,
			terms,
			operator,
			max_ticks,
			settled: 0,
			end,
			close_requested: false,
		};
		model.channels.insert(id, channel);
	}
	(chain.is_ok(), taken)
}

/// A settlement of `more` ticks than the channel has, with the right preimage where there is one.
fn item(model: &Model, channel: usize, more: u32, close: bool) -> SettleItem {
	let id = pick(channel, &model.channels, NO_CHANNEL);
	let (settled, max) = model
		.channels
		.get(&id)
		.map_or((0, 1), |c| (c.settled, c.max_ticks));
	let ticks = settled + more;
	let preimage = Some(preimage_of(max, ticks.min(max)));
	SettleItem {
		channel: id,
		ticks,
		preimage,
		hashes: more,
		close,
	}
}

/// The creator of a channel's stream.
fn creator_of(model: &Model, channel: ChannelId) -> AccountId {
	model
		.channels
		.get(&channel)
		.map_or(BANK, |channel| model.streams[&channel.stream].creator.clone())
}

fn settle(model: &mut Model, channel: usize, more: u32) -> (bool, bool) {
	let SettleItem {
		channel,
		ticks,
		preimage,
		hashes,
		..
	} = item(model, channel, more, false);
	let preimage = preimage.expect("an item of ours has one");
	let chain = TickStream::settle(signed(BANK), channel, ticks, preimage, hashes);
	let creator = creator_of(model, channel);
	let owed = model.settle(channel, ticks, false, &BANK);
	let taken = owed.is_some();
	model.pay(owed.map(|owed| (creator, owed)).into_iter().collect());
	(chain.is_ok(), taken)
}

fn settle_batch(model: &mut Model, by: &AccountId, items: Vec<(usize, u32, bool)>) -> (bool, bool) {
	let items: Vec<_> = items
		.into_iter()
		.map(|(channel, more, close)| item(model, channel, more, close))
		.collect();
	let chain = TickStream::settle_batch(signed(by.clone()), batch(items.clone()));
	let mut owed = Vec::new();
	for item in items {
		let creator = creator_of(model, item.channel);
		// An item made before an earlier one of the same channel was settled may declare too many hashes, never too few.
		owed.extend(
			model
				.settle(item.channel, item.ticks, item.close, by)
				.map(|owed| (creator, owed)),
		);
	}
	model.pay(owed);
	(chain.is_ok(), true)
}

fn request_close(model: &mut Model, channel: usize) -> (bool, bool) {
	let id = pick(channel, &model.channels, NO_CHANNEL);
	let owner = model
		.channels
		.get(&id)
		.map_or(BANK, |channel| model.tabs[&channel.tab].owner.clone());
	let chain = TickStream::request_close(signed(owner), id);
	let now = model.now;
	let closable = model
		.channels
		.get_mut(&id)
		.filter(|c| now <= c.end && !c.close_requested);
	let taken = closable.is_some();
	if let Some(channel) = closable {
		channel.close_requested = true;
		channel.end = channel.end.min(now + GRACE);
	}
	(chain.is_ok(), taken)
}

fn finalize(model: &mut Model, channel: usize) -> (bool, bool) {
	let id = pick(channel, &model.channels, NO_CHANNEL);
	let chain = TickStream::finalize_channel(signed(BANK), id);
	let taken = model
		.channels
		.get(&id)
		.is_some_and(|channel| model.now > channel.end);
	if taken {
		model.end(id);
	}
	(chain.is_ok(), taken)
}

fn tip(model: &mut Model, stream: usize, amount: u128) -> (bool, bool) {
	let id = pick(stream, &model.streams, 999);
	let chain = TickStream::tip(signed(BANK), id, amount, note("thanks"));
	let found = model.streams.get(&id).filter(|stream| !stream.retired).cloned();
	let Some(stream) = found.filter(|_| amount > 0) else {
		return (chain.is_ok(), false);
	};
	let payees = &stream.versions[&stream.current].payees;
	let ghosts = amount * payees[1].1 / 1_000_000_000;
	let taken = model.spend(&BANK, amount);
	if taken {
		model.wallet(&stream.creator).free += amount - ghosts;
		if ghosts > 0 && !model.give(&GHOST, ghosts) {
			model.wallet(&stream.creator).free += ghosts;
		}
	}
	(chain.is_ok(), taken)
}

fn leave(model: &mut Model, viewer: &AccountId) -> (bool, bool) {
	let chain = Balances::transfer_all(signed(viewer.clone()), BANK, false);
	let all = core::mem::take(&mut model.wallet(viewer).free);
	model.wallet(&BANK).free += all;
	(chain.is_ok(), true)
}
