// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo};
use sp_runtime::DispatchError;

use super::{fixtures::*, mock::*};
use crate::*;

fn settle_with(id: ChannelId, ticks: u32, preimage: Preimage, hashes: u32) -> Result<(), DispatchError> {
	TickStream::settle(signed(STRANGER), id, ticks, preimage, hashes)
		.map(|_| ())
		.map_err(|failed| failed.error)
}

#[test]
fn pays_operator_and_payees_for_what_was_added() {
	test(|| {
		register_for(RATE, payees(&[(CREATOR, 75), (PARTNER, 25)]), operators(&[]));
		open_tab();
		let id = open_usual();
		let before = [free(&OPERATOR), free(&CREATOR), free(&PARTNER)];
		assert_ok!(settle(id, 40));

		let after = [free(&OPERATOR), free(&CREATOR), free(&PARTNER)];
		assert_eq!([after[0] - before[0], after[1] - before[1], after[2] - before[2]], [40, 270, 90]);
		assert_eq!((channel(id).settled, channel(id).proof), (40, preimage(40)));
		assert_emitted(Event::Settled {
			channel: id,
			from: 0,
			ticks: 40,
			preimage: preimage(40),
			amount: 40 * RATE,
			operator_paid: 40,
		});
	});
}

#[test]
fn pays_only_the_difference_the_next_time() {
	test(|| {
		let id = opened();
		assert_ok!(settle(id, 40));
		let before = free(&CREATOR) + free(&OPERATOR);
		assert_ok!(settle_with(id, 41, preimage(41), 1));
		assert_eq!(free(&CREATOR) + free(&OPERATOR) - before, RATE);
		assert_ok!(settle(id, TICKS));
		assert_eq!(free(&escrow()), ALIVE + tab().free);
	});
}

#[test]
fn does_not_touch_the_tab() {
	test(|| {
		let id = opened();
		let before = tab();
		assert_ok!(settle(id, 40));
		assert_eq!(tab(), before);
	});
}

#[test]
fn a_share_its_payee_cannot_take_goes_to_the_creator() {
	test(|| {
		register_for(RATE, payees(&[(CREATOR, 90), (GHOST, 10)]), operators(&[]));
		open_tab();
		let id = open_usual();
		let before = free(&CREATOR);
		assert_ok!(settle(id, 10));
		assert_eq!((free(&CREATOR) - before, free(&GHOST)), (90, 0));
		assert_emitted(Event::ShareRedirected { stream: STREAM, payee: GHOST, amount: 9 });
	});
}

#[test]
fn a_share_that_brings_its_payee_to_life_is_paid() {
	test(|| {
		register_for(RATE, payees(&[(CREATOR, 50), (GHOST, 50)]), operators(&[]));
		open_tab();
		let id = open_usual();
		assert_ok!(settle(id, TICKS));
		assert_eq!(free(&GHOST), SET_ASIDE * 9 / 10 / 2);
	});
}

#[test]
fn refunds_the_surplus_of_hashes_and_payouts() {
	test(|| {
		let id = opened();
		let call = RuntimeCall::TickStream(Call::settle {
			channel: id,
			ticks: 3,
			preimage: preimage(3),
			hashes: TICKS,
		});
		let declared = call.get_dispatch_info().call_weight;
		let post = TickStream::settle(signed(STRANGER), id, 3, preimage(3), TICKS).expect("it settles");
		let actual = post.actual_weight.expect("it says what it cost");
		assert_eq!(actual, EstimatedWeight::<Test>::settle(3, 2));
		assert!(actual.all_lt(declared), "{actual} is less than {declared}");
	});
}

#[test]
fn settles_at_the_last_block_and_not_after() {
	test(|| {
		let id = opened();
		jump_to(CHANNEL_EXPIRY);
		assert_ok!(settle(id, 1));
		jump_to(CHANNEL_EXPIRY + 1);
		assert_noop!(settle(id, 2), Error::<Test>::ChannelOver);
	});
}

#[test]
fn a_long_gap_is_settled_in_steps() {
	test(|| {
		register();
		open_tab();
		assert_ok!(TickStream::top_up_tab(signed(VIEWER), TAB, 1_000_000));
		let ticks = MAX_WALK + 10;
		let commitment = Commitment { max_ticks: ticks, anchor: preimage_of(ticks, 0), ..commitment() };
		let id = id_of(&commitment);
		assert_ok!(open(commitment));
		let last = preimage_of(ticks, ticks);
		assert_noop!(settle_with(id, ticks, last, MAX_WALK), Error::<Test>::HashesTooFew);
		assert_noop!(settle_with(id, ticks, last, ticks), Error::<Test>::WalkTooLong);
		assert_ok!(settle_with(id, MAX_WALK, preimage_of(ticks, MAX_WALK), MAX_WALK));
		assert_ok!(settle_with(id, ticks, last, 10));
	});
}

#[test]
fn no_preimage_pays_twice() {
	test(|| {
		let id = opened();
		assert_ok!(settle(id, 40));
		assert_noop!(settle(id, 40), Error::<Test>::NothingToSettle);
		assert_noop!(settle(id, 39), Error::<Test>::NothingToSettle);
		assert_noop!(settle_with(id, 41, preimage(40), TICKS), Error::<Test>::InvalidPreimage);
	});
}

#[test]
fn refuses_an_unknown_channel() {
	test(|| {
		assert_noop!(settle(NO_CHANNEL, 1), Error::<Test>::ChannelNotFound);
	});
}

#[test]
fn refuses_more_ticks_than_committed() {
	test(|| {
		let id = opened();
		assert_noop!(settle_with(id, TICKS + 1, preimage(TICKS), MAX_WALK), Error::<Test>::TooManyTicks);
	});
}

#[test]
fn refuses_a_false_preimage() {
	test(|| {
		let id = opened();
		assert_noop!(settle_with(id, 5, preimage(6), TICKS), Error::<Test>::InvalidPreimage);
		assert_noop!(settle_with(id, 5, [0; 32], TICKS), Error::<Test>::InvalidPreimage);
	});
}

#[test]
fn refuses_too_few_hashes() {
	test(|| {
		let id = opened();
		assert_noop!(settle_with(id, 5, preimage(5), 4), Error::<Test>::HashesTooFew);
	});
}
