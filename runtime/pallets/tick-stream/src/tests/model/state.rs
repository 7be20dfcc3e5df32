// SPDX-License-Identifier: Apache-2.0
//! The model: plain maps and plain arithmetic on figures that are small enough for it.

use std::collections::BTreeMap;

use super::super::mock::*;
use crate::{ChannelId, StreamId, TabId, TermsVersion};

pub const CREATORS: [AccountId; 2] = [AccountId::new([11; 32]), AccountId::new([12; 32])];
pub const OPERATORS: [AccountId; 2] = [AccountId::new([21; 32]), AccountId::new([22; 32])];
pub const VIEWERS: [AccountId; 2] = [AccountId::new([31; 32]), AccountId::new([32; 32])];
/// A payee without an account at first.
pub const GHOST: AccountId = AccountId::new([41; 32]);
/// Takes what wallets empty into.
pub const BANK: AccountId = AccountId::new([51; 32]);

/// Everybody but the ghost.
pub fn funded() -> Vec<AccountId> {
	[&CREATORS[..], &OPERATORS, &VIEWERS, &[BANK]].concat()
}

const BILLION: u128 = 1_000_000_000;

#[derive(Default, Debug, Clone)]
pub struct Wallet {
	pub free: u128,
	pub held: u128,
}

#[derive(Debug, Clone)]
pub struct ModelTerms {
	pub rate: u128,
	/// Parts in a billion.
	pub operator_share: u128,
	pub payees: Vec<(AccountId, u128)>,
	pub replaced_at: Option<u32>,
	pub channels: u32,
}

#[derive(Debug, Clone)]
pub struct ModelStream {
	pub creator: AccountId,
	pub versions: BTreeMap<TermsVersion, ModelTerms>,
	pub current: TermsVersion,
	pub retired: bool,
}

#[derive(Debug, Clone)]
pub struct ModelTab {
	pub owner: AccountId,
	pub free: u128,
	pub claimable: u128,
	pub expires_at: u32,
	pub channels: u32,
	pub closed: bool,
}

#[derive(Debug, Clone)]
pub struct ModelChannel {
	pub tab: TabId,
	pub stream: StreamId,
	pub terms: TermsVersion,
	pub operator: AccountId,
	pub max_ticks: u32,
	pub settled: u32,
	pub end: u32,
	pub close_requested: bool,
}

pub struct Model {
	pub now: u32,
	pub nonce: u32,
	pub wallets: BTreeMap<AccountId, Wallet>,
	/// Plancks in escrow beside its own existential deposit.
	pub escrow: u128,
	pub streams: BTreeMap<StreamId, ModelStream>,
	pub last_stream: StreamId,
	pub tabs: BTreeMap<TabId, ModelTab>,
	pub last_tab: TabId,
	pub channels: BTreeMap<ChannelId, ModelChannel>,
}

/// What one settlement owes, by payee.
pub type Owed = Vec<(AccountId, u128)>;

impl Model {
	pub fn new() -> Self {
		let mut wallets: BTreeMap<_, _> =
			funded().into_iter().map(|who| (who, Wallet { free: ENDOWMENT, held: 0 })).collect();
		wallets.insert(GHOST, Wallet::default());
		Self {
			now: 1,
			nonce: 0,
			wallets,
			escrow: 0,
			streams: BTreeMap::new(),
			last_stream: 0,
			tabs: BTreeMap::new(),
			last_tab: 0,
			channels: BTreeMap::new(),
		}
	}

	pub fn wallet(&mut self, who: &AccountId) -> &mut Wallet {
		self.wallets.get_mut(who).expect("the model knows everybody")
	}

	/// Takes plancks from a wallet that must live on.
	pub fn spend(&mut self, who: &AccountId, amount: u128) -> bool {
		let wallet = self.wallet(who);
		let enough = wallet.free >= amount + ALIVE;
		if enough {
			wallet.free -= amount;
		}
		enough
	}

	/// Gives plancks to a wallet, if that makes or keeps it alive.
	pub fn give(&mut self, who: &AccountId, amount: u128) -> bool {
		let wallet = self.wallet(who);
		let lives = wallet.free + amount >= ALIVE;
		if lives {
			wallet.free += amount;
		}
		lives
	}

	pub fn hold(&mut self, who: &AccountId, amount: u128) -> bool {
		let enough = self.spend(who, amount);
		if enough {
			self.wallet(who).held += amount;
		}
		enough
	}

	pub fn unhold(&mut self, who: &AccountId, amount: u128) {
		let wallet = self.wallet(who);
		wallet.held -= amount;
		wallet.free += amount;
	}

	pub fn terms(&self, channel: &ModelChannel) -> &ModelTerms {
		&self.streams[&channel.stream].versions[&channel.terms]
	}

	/// The cumulative parts of `ticks` ticks, the operator's first.
	fn parts(terms: &ModelTerms, operator: &AccountId, ticks: u32) -> Owed {
		let total = u128::from(ticks) * terms.rate;
		let operators = total * terms.operator_share / BILLION;
		let mut rest = total - operators;
		let mut unserved = BILLION;
		let mut parts = vec![(operator.clone(), operators), (terms.payees[0].0.clone(), 0)];
		for (account, share) in &terms.payees[1..] {
			let part = rest * share / unserved;
			parts.push((account.clone(), part));
			rest -= part;
			unserved -= share;
		}
		parts[1].1 = rest;
		parts
	}

	/// Settles a channel up to `ticks`, and ends it if asked; what is owed is for the caller to pay.
	pub fn settle(&mut self, id: ChannelId, ticks: u32, close: bool, by: &AccountId) -> Option<Owed> {
		let channel = self.channels.get(&id)?.clone();
		let added = ticks.checked_sub(channel.settled)?;
		let fits = ticks <= channel.max_ticks && (added > 0 || close);
		if !fits || self.now > channel.end || (close && *by != channel.operator) {
			return None;
		}
		let terms = self.terms(&channel);
		let before = Self::parts(terms, &channel.operator, channel.settled);
		let after = Self::parts(terms, &channel.operator, ticks);
		self.channels.get_mut(&id)?.settled = ticks;
		if close {
			self.end(id);
		}
		Some(after.into_iter().zip(before).map(|((who, after), (_, before))| (who, after - before)).collect())
	}

	/// Pays what a batch owes out of escrow: a total a payee, or each stream's part to its creator.
	pub fn pay(&mut self, owed: Vec<(AccountId, Owed)>) {
		let mut totals = BTreeMap::<AccountId, Vec<(AccountId, u128)>>::new();
		for (creator, parts) in owed {
			for (payee, amount) in parts {
				totals.entry(payee).or_default().push((creator.clone(), amount));
			}
		}
		for (payee, parts) in totals {
			let total: u128 = parts.iter().map(|(_, amount)| amount).sum();
			self.escrow -= total;
			if total > 0 && !self.give(&payee, total) {
				for (creator, amount) in parts {
					self.wallet(&creator).free += amount;
				}
			}
		}
	}

	/// Removes a channel: the rest to the tab or its owner, the deposit to the operator, who opened it.
	pub fn end(&mut self, id: ChannelId) {
		let channel = self.channels.remove(&id).expect("it was there");
		let freed = u128::from(channel.max_ticks - channel.settled) * self.terms(&channel).rate;
		self.unhold(&channel.operator, CHANNEL_DEPOSIT);
		let tab = self.tabs.get_mut(&channel.tab).expect("a channel has a tab");
		tab.channels -= 1;
		if tab.closed {
			self.give_back(channel.tab, freed);
		} else {
			tab.free += freed;
		}
		let stream = self.streams.get_mut(&channel.stream).expect("a channel has a stream");
		stream.versions.get_mut(&channel.terms).expect("a channel has terms").channels -= 1;
		if stream.retired {
			self.drop_unused_terms(channel.stream);
		}
	}

	/// Pays a closed tab's money to its owner if the account can take it; an empty tab goes.
	pub fn give_back(&mut self, id: TabId, amount: u128) {
		let tab = self.tabs.get_mut(&id).expect("it was there");
		let (owner, owed) = (tab.owner.clone(), tab.claimable + amount);
		tab.claimable = owed;
		if owed > 0 && self.give(&owner, owed) {
			self.escrow -= owed;
			self.tabs.get_mut(&id).expect("it was there").claimable = 0;
		}
		self.tabs.retain(|_, tab| !tab.closed || tab.channels > 0 || tab.claimable > 0);
	}

	/// Of a retired stream: removes terms without channels, and the stream when none are left.
	pub fn drop_unused_terms(&mut self, id: StreamId) {
		let stream = self.streams.get_mut(&id).expect("it was there");
		let before = stream.versions.len();
		stream.versions.retain(|_, terms| terms.channels > 0);
		let (gone, empty) = (before - stream.versions.len(), stream.versions.is_empty());
		let creator = stream.creator.clone();
		self.unhold(&creator, gone as u128 * TERMS_DEPOSIT);
		if empty {
			self.unhold(&creator, STREAM_DEPOSIT);
			self.streams.remove(&id);
		}
	}
}
