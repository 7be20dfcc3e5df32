// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

use super::{fixtures::*, mock::*};
use crate::*;

fn settle_all(who: AccountId, items: Vec<SettleItem>) {
	assert_ok!(TickStream::settle_batch(signed(who), batch(items)));
}

fn assert_failed(index: u32, channel: ChannelId, error: Error<Test>) {
	assert_emitted(Event::ItemFailed { index, channel, error: item_error(error) });
}

/// Several of the usual channels.
fn opened_many(count: u32) -> Vec<ChannelId> {
	register();
	open_tab();
	let open_one = |nonce| {
		let commitment = Commitment { nonce, ..commitment() };
		let id = id_of(&commitment);
		assert_ok!(open(commitment));
		id
	};
	(1..=count).map(open_one).collect()
}

#[test]
fn settles_every_item_and_pays_each_payee_once() {
	test(|| {
		let ids = opened_many(3);
		let before = [free(&OPERATOR), free(&CREATOR)];
		let transfers = || {
			System::events()
				.iter()
				.filter(|record| {
					matches!(record.event, RuntimeEvent::Balances(pallet_balances::Event::Transfer { .. }))
				})
				.count()
		};
		let already = transfers();
		settle_all(
			STRANGER,
			ids.iter().zip([10, 20, 30]).map(|(id, ticks)| item(*id, ticks, false)).collect(),
		);

		assert_eq!(free(&OPERATOR) - before[0], 60);
		assert_eq!(free(&CREATOR) - before[1], 540);
		assert_eq!(transfers() - already, 2);
	});
}

#[test]
fn a_bad_item_leaves_the_others_standing() {
	test(|| {
		let ids = opened_many(2);
		let before = free(&CREATOR) + free(&OPERATOR);
		let mut forged = item(ids[0], 10, false);
		forged.preimage = Some([0; 32]);
		settle_all(STRANGER, vec![item(NO_CHANNEL, 1, false), forged, item(ids[1], 10, false)]);

		assert_failed(0, NO_CHANNEL, Error::ChannelNotFound);
		assert_failed(1, ids[0], Error::InvalidPreimage);
		assert_eq!((channel(ids[0]).settled, channel(ids[1]).settled), (0, 10));
		assert_eq!(free(&CREATOR) + free(&OPERATOR) - before, 10 * RATE);
	});
}

#[test]
fn the_same_channel_twice_pays_each_tick_once() {
	test(|| {
		let id = opened();
		let before = free(&CREATOR) + free(&OPERATOR);
		settle_all(STRANGER, vec![item(id, 10, false), item(id, 10, false), item(id, 25, false)]);
		assert_failed(1, id, Error::NothingToSettle);
		assert_eq!(free(&CREATOR) + free(&OPERATOR) - before, 25 * RATE);
	});
}

#[test]
fn sending_it_again_is_harmless() {
	test(|| {
		let id = opened();
		settle_all(OPERATOR, vec![item(id, 10, true)]);
		let balances = [free(&CREATOR), free(&OPERATOR), free(&VIEWER), free(&escrow())];
		settle_all(OPERATOR, vec![item(id, 10, true)]);
		assert_failed(0, id, Error::ChannelNotFound);
		assert_eq!(balances, [free(&CREATOR), free(&OPERATOR), free(&VIEWER), free(&escrow())]);
	});
}

#[test]
fn close_settles_and_ends_the_channel() {
	test(|| {
		let id = opened();
		settle_all(OPERATOR, vec![item(id, 30, true)]);

		assert_eq!(Channels::<Test>::get(id), None);
		assert!(!ChannelsOf::<Test>::contains_key(TAB, id));
		assert_eq!((tab().free, tab().set_aside), (TAB_DEPOSIT - OPEN_FEE - 30 * RATE, 0));
		assert_eq!((tab().channels, terms(1).channels), (0, 0));
		assert_eq!(held(HoldReason::ChannelDeposit, &OPERATOR), 0);
		assert_eq!(free(&OPERATOR), ENDOWMENT + OPEN_FEE + 30);
		assert_emitted(Event::ChannelEnded { channel: id, paid: 30 * RATE, freed: 70 * RATE });
	});
}

#[test]
fn close_needs_no_preimage_where_all_is_settled() {
	test(|| {
		let id = opened();
		assert_ok!(settle(id, 30));
		let last = SettleItem { channel: id, ticks: 30, preimage: None, hashes: 0, close: true };
		settle_all(OPERATOR, vec![last]);
		assert_emitted(Event::ChannelEnded { channel: id, paid: 30 * RATE, freed: 70 * RATE });
	});
}

#[test]
fn close_of_an_unused_channel_pays_nobody() {
	test(|| {
		let id = opened();
		settle_all(
			OPERATOR,
			vec![SettleItem { channel: id, ticks: 0, preimage: None, hashes: 0, close: true }],
		);
		assert_eq!(tab().free, TAB_DEPOSIT - OPEN_FEE);
		assert_emitted(Event::ChannelEnded { channel: id, paid: 0, freed: SET_ASIDE });
	});
}

#[test]
fn only_the_operator_closes() {
	test(|| {
		let id = opened();
		settle_all(VIEWER, vec![item(id, 30, true)]);
		assert_failed(0, id, Error::NotOperator);
		assert_eq!(channel(id).settled, 0);
	});
}

#[test]
fn refuses_what_each_item_may_be_refused_for() {
	test(|| {
		let id = opened();
		assert_ok!(settle(id, 5));
		let usual = item(id, 10, false);
		let items = vec![
			SettleItem { preimage: None, ..usual.clone() },
			SettleItem { hashes: 4, ..usual.clone() },
			SettleItem { hashes: MAX_WALK + 1, ..usual.clone() },
			SettleItem { ticks: TICKS + 1, ..usual.clone() },
			item(id, 5, false),
			// A close with fewer ticks than were settled, and one with a false proof of what was settled.
			SettleItem { channel: id, ticks: 4, preimage: None, hashes: 0, close: true },
			SettleItem { channel: id, ticks: 5, preimage: Some([0; 32]), hashes: 0, close: true },
		];
		settle_all(OPERATOR, items);
		assert_failed(0, id, Error::PreimageMissing);
		assert_failed(1, id, Error::HashesTooFew);
		assert_failed(2, id, Error::WalkTooLong);
		assert_failed(3, id, Error::TooManyTicks);
		assert_failed(4, id, Error::NothingToSettle);
		assert_failed(5, id, Error::NothingToSettle);
		assert_failed(6, id, Error::InvalidPreimage);

		jump_to(CHANNEL_EXPIRY + 1);
		settle_all(OPERATOR, vec![item(id, 10, true)]);
		assert_failed(0, id, Error::ChannelOver);
	});
}

#[test]
fn a_total_is_paid_where_its_parts_alone_could_not_be() {
	test(|| {
		register_for(RATE, payees(&[(CREATOR, 90), (GHOST, 10)]), operators(&[]));
		open_tab();
		let first = open_usual();
		let second = Commitment { nonce: 2, ..commitment() };
		let second_id = id_of(&second);
		assert_ok!(open(second));
		// 54 each: only together do they bring the ghost to life.
		settle_all(STRANGER, vec![item(first, 60, false), item(second_id, 60, false)]);
		assert_eq!(free(&GHOST), 108);
	});
}

#[test]
fn a_total_nobody_can_take_goes_to_each_streams_creator() {
	test(|| {
		let shared = payees(&[(CREATOR, 90), (GHOST, 10)]);
		register_for(RATE, shared.clone(), operators(&[]));
		assert_ok!(TickStream::register_stream(
			signed(PARTNER),
			RATE,
			TICK_MS,
			sp_runtime::Perbill::zero(),
			payees(&[(PARTNER, 90), (GHOST, 10)]),
			operators(&[]),
			metadata("another"),
		));
		open_tab();
		let first = open_usual();
		let second = Commitment { nonce: 2, stream: 2, ..commitment() };
		let second_id = id_of(&second);
		assert_ok!(open(second));
		let before = [free(&CREATOR), free(&PARTNER)];
		settle_all(STRANGER, vec![item(first, 10, false), item(second_id, 20, false)]);

		assert_eq!(free(&GHOST), 0);
		assert_emitted(Event::ShareRedirected { stream: 1, payee: GHOST, amount: 9 });
		assert_emitted(Event::ShareRedirected { stream: 2, payee: GHOST, amount: 20 });
		assert_eq!([free(&CREATOR) - before[0], free(&PARTNER) - before[1]], [90, 200]);
	});
}

#[test]
fn a_retired_streams_last_channel_pays_its_creator_too() {
	test(|| {
		register_for(RATE, payees(&[(CREATOR, 90), (GHOST, 10)]), operators(&[]));
		open_tab();
		let id = open_usual();
		assert_ok!(TickStream::retire_stream(signed(CREATOR), STREAM));
		settle_all(OPERATOR, vec![item(id, 10, true)]);
		assert_eq!(Streams::<Test>::get(STREAM), None);
		assert_eq!(free(&CREATOR), ENDOWMENT + 90);
		assert_emitted(Event::ShareRedirected { stream: STREAM, payee: GHOST, amount: 9 });
	});
}

#[test]
fn refunds_surplus_weight() {
	test(|| {
		let ids = opened_many(2);
		let post = TickStream::settle_batch(
			signed(OPERATOR),
			batch(vec![item(ids[0], 3, false), item(ids[1], 4, true)]),
		)
		.expect("it settles");
		assert_eq!(post.actual_weight, Some(EstimatedWeight::<Test>::settle_batch(2, 7, 1, 2)));
	});
}

#[test]
fn an_empty_batch_does_nothing() {
	test(|| settle_all(STRANGER, vec![]));
}

#[test]
fn refuses_an_unsigned_origin() {
	test(|| {
		assert_noop!(
			TickStream::settle_batch(RuntimeOrigin::none(), batch(vec![])),
			DispatchError::BadOrigin
		);
	});
}
