// SPDX-License-Identifier: Apache-2.0
//! What holds whatever was called.

use frame_support::traits::fungible::InspectHold;

use super::{fixtures::escrow, mock::*};
use crate::*;

/// Escrow covers what is owed, holds are the deposits, counts and look-ups are right, and no channel paid beyond its maximum.
pub fn check() {
	check_escrow();
	check_holds();
	check_counts();
	check_look_ups();
}

/// Who paid what for a record.
type Deposits = Vec<(AccountId, u128)>;

/// Plancks that escrow owes to tabs and channels.
pub fn owed() -> u128 {
	let tabs: u128 = Tabs::<Test>::iter_values().map(|tab| tab.free + tab.claimable).sum();
	let channels: u128 = Channels::<Test>::iter_values().map(|channel| unspent(&channel)).sum();
	tabs + channels
}

fn rate(channel: &Channel<AccountId>) -> u128 {
	TermsOf::<Test>::get(channel.stream, channel.terms).expect("a channel's terms are stored").rate
}

fn unspent(channel: &Channel<AccountId>) -> u128 {
	assert!(channel.settled <= channel.max_ticks, "a channel never pays beyond its maximum");
	u128::from(channel.max_ticks - channel.settled) * rate(channel)
}

fn check_escrow() {
	let has = Balances::free_balance(escrow());
	assert!(has >= owed() + ALIVE, "escrow has {has} and owes {} beside its own {ALIVE}", owed());
}

fn check_holds() {
	let streams: Deposits = Streams::<Test>::iter_values().map(|s| (s.creator, s.deposit)).collect();
	let terms: Deposits = TermsOf::<Test>::iter()
		.map(|(stream, _, terms)| {
			(Streams::<Test>::get(stream).expect("terms have a stream").creator, terms.deposit)
		})
		.collect();
	let channels: Deposits = Channels::<Test>::iter_values().map(|c| (c.depositor, c.deposit)).collect();
	for (reason, deposits) in [
		(HoldReason::StreamDeposit, streams),
		(HoldReason::TermsDeposit, terms),
		(HoldReason::ChannelDeposit, channels),
	] {
		for who in frame_system::Account::<Test>::iter_keys() {
			let sum: u128 = deposits.iter().filter(|(of, _)| *of == who).map(|(_, deposit)| deposit).sum();
			assert_eq!(Balances::balance_on_hold(&reason.into(), &who), sum, "{reason:?} of {who:?}");
		}
	}
}

fn check_counts() {
	for (stream, version, terms) in TermsOf::<Test>::iter() {
		let record = Streams::<Test>::get(stream).expect("terms have a stream");
		assert!(record.stored_terms.contains(&version), "a stream lists its terms");
		let standing =
			Channels::<Test>::iter_values().filter(|c| c.stream == stream && c.terms == version).count();
		assert_eq!(terms.channels as usize, standing, "channels on terms {version} of stream {stream}");
	}
	for (stream, record) in Streams::<Test>::iter() {
		for version in &record.stored_terms {
			assert!(TermsOf::<Test>::contains_key(stream, version), "a stream's terms are stored");
		}
		let current = TermsOf::<Test>::get(stream, record.current_terms);
		assert!(record.retired || current.is_some_and(|terms| terms.replaced_at.is_none()));
	}
	for (id, tab) in Tabs::<Test>::iter() {
		let open: Vec<_> = Channels::<Test>::iter_values().filter(|channel| channel.tab == id).collect();
		assert_eq!(tab.channels as usize, open.len(), "channels of tab {id}");
		let set_aside: u128 = open.iter().map(|c| u128::from(c.max_ticks) * rate(c)).sum();
		assert_eq!(tab.set_aside, set_aside, "set aside in tab {id}");
		assert!(!tab.closed || tab.free == 0, "a closed tab keeps nothing free");
		assert!(!tab.closed || tab.channels > 0 || tab.claimable > 0, "an empty closed tab goes");
	}
}

fn check_look_ups() {
	for (owner, tab) in TabsOf::<Test>::iter_keys() {
		assert_eq!(Tabs::<Test>::get(tab).map(|record| record.owner), Some(owner));
	}
	for (tab, channel) in ChannelsOf::<Test>::iter_keys() {
		assert_eq!(Channels::<Test>::get(channel).map(|record| record.tab), Some(tab));
	}
	assert_eq!(TabsOf::<Test>::iter_keys().count(), Tabs::<Test>::iter_keys().count());
	assert_eq!(ChannelsOf::<Test>::iter_keys().count(), Channels::<Test>::iter_keys().count());
}
