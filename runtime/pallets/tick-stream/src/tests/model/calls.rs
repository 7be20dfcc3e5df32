// SPDX-License-Identifier: Apache-2.0
//! The calls, each done to the chain and to the model. Each says whether either took it.

use std::collections::BTreeMap;

use sp_runtime::Perbill;

use super::{
	super::{
		fixtures::{
			batch, device, id_of, metadata, note, operators, payees, preimage_of, signed, NO_CHANNEL,
		},
		mock::*,
	},
	operations::{Operation, FROM_THE_TOP, NONE},
	state::*,
};
use crate::*;

/// The id a number picks, or one that does not exist.
fn pick<Id: Copy, Record>(index: usize, records: &BTreeMap<Id, Record>, none: Id) -> Id {
	let found = match index {
		NONE => None,
		index => records.keys().nth(index % records.len().max(1)),
	};
	found.copied().unwrap_or(none)
}

fn two_payees(creator: &AccountId, ghost_percent: u32) -> Vec<(AccountId, u32)> {
	vec![(creator.clone(), 100 - ghost_percent), (GHOST, ghost_percent)]
}

fn model_terms(creator: &AccountId, rate: u128, ghost_percent: u32) -> ModelTerms {
	let payees = two_payees(creator, ghost_percent)
		.into_iter()
		.map(|(who, percent)| (who, u128::from(percent) * 10_000_000))
		.collect();
	ModelTerms { rate, operator_share: 100_000_000, payees, replaced_at: None, channels: 0 }
}

const OPERATOR_SHARE: Perbill = Perbill::from_percent(10);

pub fn pass_to(model: &mut Model, block: u32) -> (bool, bool) {
	model.now = block;
	System::set_block_number(block);
	(true, true)
}

pub fn reach(model: &mut Model, channel: usize, beyond: u32) -> (bool, bool) {
	let id = pick(channel, &model.channels, NO_CHANNEL);
	let end = model.channels.get(&id).map_or(0, |channel| channel.end);
	pass_to(model, model.now.max(end + beyond))
}

pub fn register(model: &mut Model, creator: &AccountId, rate: u128, ghost_percent: u32) -> (bool, bool) {
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
		let stream = ModelStream { creator: creator.clone(), versions, current: 1, retired: false };
		model.streams.insert(model.last_stream, stream);
	}
	(chain.is_ok(), taken)
}

pub fn update_terms(model: &mut Model, stream: usize, rate: u128, ghost_percent: u32) -> (bool, bool) {
	let id = pick(stream, &model.streams, 999);
	let creator = model.streams.get(&id).map_or(BANK, |stream| stream.creator.clone());
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
		stream.versions.get_mut(&stream.current).expect("the current terms").replaced_at = Some(now);
		stream.current += 1;
		stream.versions.insert(stream.current, model_terms(&creator, rate, ghost_percent));
	}
	(chain.is_ok(), taken)
}

pub fn remove_terms(model: &mut Model, stream: usize, version: TermsVersion) -> (bool, bool) {
	let id = pick(stream, &model.streams, 999);
	let chain = TickStream::remove_terms(signed(BANK), id, version);
	let now = model.now;
	let taken =
		model.streams.get(&id).and_then(|stream| stream.versions.get(&version)).is_some_and(|terms| {
			terms.channels == 0 && terms.replaced_at.is_some_and(|at| now >= at + UPDATE_DELAY)
		});
	if let (true, Some(stream)) = (taken, model.streams.get_mut(&id)) {
		stream.versions.remove(&version);
		let creator = stream.creator.clone();
		model.unhold(&creator, TERMS_DEPOSIT);
	}
	(chain.is_ok(), taken)
}

pub fn retire(model: &mut Model, stream: usize) -> (bool, bool) {
	let id = pick(stream, &model.streams, 999);
	let creator = model.streams.get(&id).map_or(BANK, |stream| stream.creator.clone());
	let chain = TickStream::retire_stream(signed(creator), id);
	let taken =
		model.streams.get_mut(&id).is_some_and(|stream| !core::mem::replace(&mut stream.retired, true));
	if taken {
		model.drop_unused_terms(id);
	}
	(chain.is_ok(), taken)
}

pub fn open_tab(model: &mut Model, viewer: &AccountId, deposit: u128, life: u32) -> (bool, bool) {
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

pub fn top_up(model: &mut Model, tab: usize, amount: u128) -> (bool, bool) {
	let id = pick(tab, &model.tabs, 999);
	let owner = model.tabs.get(&id).map_or(BANK, |tab| tab.owner.clone());
	let chain = TickStream::top_up_tab(signed(owner.clone()), id, amount);
	let possible = model.tabs.get(&id).is_some_and(|tab| !tab.closed && model.now <= tab.expires_at);
	let taken = possible && amount > 0 && model.spend(&owner, amount);
	if taken {
		model.escrow += amount;
		model.tabs.get_mut(&id).expect("it is there").free += amount;
	}
	(chain.is_ok(), taken)
}

pub fn close_tab(model: &mut Model, tab: usize, by_owner: bool) -> (bool, bool) {
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

pub fn open(model: &mut Model, operation: &Operation) -> (bool, bool) {
	let Operation::Open { tab, stream, older, max_ticks, operator, open_fee, life } = operation.clone()
	else {
		return (false, false);
	};
	let (tab, stream) = (pick(tab, &model.tabs, 999), pick(stream, &model.streams, 999));
	let terms = model.streams.get(&stream).map_or(1, |stream| stream.current.saturating_sub(older));
	let found = model.streams.get(&stream).and_then(|stream| stream.versions.get(&terms)).cloned();
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
		let channel =
			ModelChannel { tab, stream, terms, operator, max_ticks, settled: 0, end, close_requested: false };
		model.channels.insert(id, channel);
	}
	(chain.is_ok(), taken)
}

/// A settlement of `more` ticks than the channel has, with the right preimage where there is one.
fn item(model: &Model, channel: usize, more: u32, close: bool) -> SettleItem {
	let id = pick(channel, &model.channels, NO_CHANNEL);
	let (settled, max) = model.channels.get(&id).map_or((0, 1), |c| (c.settled, c.max_ticks));
	let more = match more.checked_sub(FROM_THE_TOP) {
		Some(below) => (max - settled).saturating_sub(below),
		None => more,
	};
	let ticks = settled + more;
	let preimage = Some(preimage_of(max, ticks.min(max)));
	SettleItem { channel: id, ticks, preimage, hashes: more, close }
}

/// The creator of a channel's stream.
fn creator_of(model: &Model, channel: ChannelId) -> AccountId {
	model.channels.get(&channel).map_or(BANK, |channel| model.streams[&channel.stream].creator.clone())
}

pub fn settle(model: &mut Model, channel: usize, more: u32) -> (bool, bool) {
	let SettleItem { channel, ticks, preimage, hashes, .. } = item(model, channel, more, false);
	let preimage = preimage.expect("an item of ours has one");
	let chain = TickStream::settle(signed(BANK), channel, ticks, preimage, hashes);
	let creator = creator_of(model, channel);
	let owed = model.settle(channel, ticks, false, &BANK);
	let taken = owed.is_some();
	model.pay(owed.map(|owed| (creator, owed)).into_iter().collect());
	(chain.is_ok(), taken)
}

pub fn settle_batch(model: &mut Model, by: &AccountId, items: Vec<(usize, u32, bool)>) -> (bool, bool) {
	let items: Vec<_> =
		items.into_iter().map(|(channel, more, close)| item(model, channel, more, close)).collect();
	let chain = TickStream::settle_batch(signed(by.clone()), batch(items.clone()));
	let mut owed = Vec::new();
	for item in items {
		let creator = creator_of(model, item.channel);
		// An item made before an earlier one of the same channel was settled may declare too many hashes, never too few.
		owed.extend(model.settle(item.channel, item.ticks, item.close, by).map(|owed| (creator, owed)));
	}
	model.pay(owed);
	(chain.is_ok(), true)
}

pub fn request_close(model: &mut Model, channel: usize) -> (bool, bool) {
	let id = pick(channel, &model.channels, NO_CHANNEL);
	let owner = model.channels.get(&id).map_or(BANK, |channel| model.tabs[&channel.tab].owner.clone());
	let chain = TickStream::request_close(signed(owner), id);
	let now = model.now;
	let closable = model.channels.get_mut(&id).filter(|c| now <= c.end && !c.close_requested);
	let taken = closable.is_some();
	if let Some(channel) = closable {
		channel.close_requested = true;
		channel.end = channel.end.min(now + GRACE);
	}
	(chain.is_ok(), taken)
}

pub fn finalize(model: &mut Model, channel: usize) -> (bool, bool) {
	let id = pick(channel, &model.channels, NO_CHANNEL);
	let chain = TickStream::finalize_channel(signed(BANK), id);
	let taken = model.channels.get(&id).is_some_and(|channel| model.now > channel.end);
	if taken {
		model.end(id);
	}
	(chain.is_ok(), taken)
}

pub fn tip(model: &mut Model, stream: usize, amount: u128) -> (bool, bool) {
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

pub fn fund(model: &mut Model, viewer: &AccountId, amount: u128) -> (bool, bool) {
	let chain = Balances::transfer_keep_alive(signed(BANK), viewer.clone(), amount);
	model.wallet(&BANK).free -= amount;
	model.wallet(viewer).free += amount;
	(chain.is_ok(), true)
}

pub fn leave(model: &mut Model, viewer: &AccountId) -> (bool, bool) {
	let chain = Balances::transfer_all(signed(viewer.clone()), BANK, false);
	let all = core::mem::take(&mut model.wallet(viewer).free);
	model.wallet(&BANK).free += all;
	(chain.is_ok(), true)
}
