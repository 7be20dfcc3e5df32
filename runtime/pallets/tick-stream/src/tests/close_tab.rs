// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok};

use super::{fixtures::*, mock::*};
use crate::*;

#[test]
fn an_unused_tab_returns_all_and_goes() {
	test(|| {
		open_tab();
		assert_ok!(TickStream::close_tab(signed(VIEWER), TAB));

		assert_eq!(free(&VIEWER), ENDOWMENT);
		assert_eq!(free(&escrow()), ALIVE);
		assert_eq!(Tabs::<Test>::get(TAB), None);
		assert!(!TabsOf::<Test>::contains_key(VIEWER, TAB));
		assert_emitted(Event::TabClosed { tab: TAB });
		assert_emitted(Event::TabReturned { tab: TAB, owner: VIEWER, amount: TAB_DEPOSIT });
		assert_last(Event::TabRemoved { tab: TAB });
	});
}

#[test]
fn what_channels_set_aside_returns_as_they_end() {
	test(|| {
		let id = opened();
		assert_ok!(TickStream::close_tab(signed(VIEWER), TAB));
		assert_eq!(free(&VIEWER), ENDOWMENT - SET_ASIDE - OPEN_FEE);
		assert!(tab().closed);

		close(id, 30);
		assert_eq!(free(&VIEWER), ENDOWMENT - 30 * RATE - OPEN_FEE);
		assert_eq!(Tabs::<Test>::get(TAB), None);
		assert_emitted(Event::TabReturned { tab: TAB, owner: VIEWER, amount: 70 * RATE });
		assert_emitted(Event::TabRemoved { tab: TAB });
	});
}

#[test]
fn what_a_dead_wallet_cannot_take_stays_claimable() {
	test(|| {
		let id = opened();
		assert_ok!(TickStream::close_tab(signed(VIEWER), TAB));
		leave(VIEWER);
		// One tick is less than an account needs to live.
		close(id, TICKS - 1);
		assert_eq!(tab().claimable, RATE);
		assert_emitted(Event::TabClaimable { tab: TAB, claimable: RATE });
		assert_noop!(TickStream::close_tab(signed(STRANGER), TAB), Error::<Test>::ClaimTooSmall);

		assert_ok!(Balances::transfer_keep_alive(signed(STRANGER), VIEWER, ALIVE));
		assert_ok!(TickStream::close_tab(signed(STRANGER), TAB));
		assert_eq!(free(&VIEWER), ALIVE + RATE);
		assert_eq!(Tabs::<Test>::get(TAB), None);
	});
}

#[test]
fn small_claims_add_up_until_the_wallet_can_live() {
	test(|| {
		register();
		open_tab();
		let ids: Vec<_> = (1..=2)
			.map(|nonce| {
				let commitment = Commitment { nonce, ..commitment() };
				let id = id_of(&commitment);
				assert_ok!(open(commitment));
				id
			})
			.collect();
		assert_ok!(TickStream::close_tab(signed(VIEWER), TAB));
		leave(VIEWER);

		close(ids[0], TICKS - 6);
		assert_eq!(tab().claimable, 6 * RATE);
		close(ids[1], TICKS - 4);
		assert_eq!(free(&VIEWER), 10 * RATE);
		assert_eq!(Tabs::<Test>::get(TAB), None);
	});
}

#[test]
fn anyone_closes_it_after_its_expiry_for_the_owner() {
	test(|| {
		open_tab();
		jump_to(TAB_EXPIRY);
		assert_noop!(TickStream::close_tab(signed(STRANGER), TAB), Error::<Test>::NotTabOwner);
		jump_to(TAB_EXPIRY + 1);
		assert_ok!(TickStream::close_tab(signed(STRANGER), TAB));
		assert_eq!(free(&VIEWER), ENDOWMENT);
	});
}

#[test]
fn refuses_an_unknown_tab() {
	test(|| {
		assert_noop!(TickStream::close_tab(signed(VIEWER), TAB), Error::<Test>::TabNotFound);
	});
}

#[test]
fn refuses_a_closed_tab_without_a_claim() {
	test(|| {
		opened();
		assert_ok!(TickStream::close_tab(signed(VIEWER), TAB));
		assert_noop!(TickStream::close_tab(signed(VIEWER), TAB), Error::<Test>::TabClosed);
	});
}
