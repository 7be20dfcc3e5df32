// SPDX-License-Identifier: Apache-2.0
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, TokenError};

use super::{fixtures::*, mock::*};
use crate::*;

fn item(nonce: u32) -> OpenItem<AccountId> {
	let commitment = Commitment { nonce, ..commitment() };
	OpenItem { signature: device().sign_commitment(&commitment), commitment }
}

#[test]
fn opens_every_item() {
	test(|| {
		register();
		open_tab();
		assert_ok!(TickStream::open_batch(signed(OPERATOR), batch(vec![item(1), item(2), item(3)])));
		assert_eq!(ChannelsOf::<Test>::iter_key_prefix(TAB).count(), 3);
		assert_eq!(tab().set_aside, 3 * SET_ASIDE);
		assert_eq!(free(&OPERATOR), ENDOWMENT + 3 * OPEN_FEE - 3 * CHANNEL_DEPOSIT);
	});
}

#[test]
fn a_bad_item_leaves_the_others_standing() {
	test(|| {
		register();
		open_tab();
		let mut forged = item(2);
		forged.signature = [0; 64];
		let items = vec![item(1), forged.clone(), item(1), item(3)];
		assert_ok!(TickStream::open_batch(signed(OPERATOR), batch(items)));

		assert_eq!(ChannelsOf::<Test>::iter_key_prefix(TAB).count(), 2);
		let failed = |index, item: &OpenItem<AccountId>, error: Error<Test>| Event::ItemFailed {
			index,
			channel: id_of(&item.commitment),
			error: item_error(error),
		};
		assert_emitted(failed(1, &forged, Error::InvalidSignature));
		assert_emitted(failed(2, &item(1), Error::NonceUsed));
	});
}

#[test]
fn an_item_that_fails_late_leaves_nothing_behind() {
	test(|| {
		register();
		open_tab();
		// The poor opener can pay one deposit, not two.
		assert_ok!(Balances::transfer_keep_alive(signed(STRANGER), GHOST, ALIVE + CHANNEL_DEPOSIT));
		assert_ok!(TickStream::open_batch(signed(GHOST), batch(vec![item(1), item(2)])));
		assert_eq!(ChannelsOf::<Test>::iter_key_prefix(TAB).count(), 1);
		assert_emitted(Event::ItemFailed {
			index: 1,
			channel: id_of(&item(2).commitment),
			error: TokenError::FundsUnavailable.into(),
		});
	});
}

#[test]
fn refuses_an_unsigned_origin() {
	test(|| {
		assert_noop!(TickStream::open_batch(RuntimeOrigin::none(), batch(vec![])), DispatchError::BadOrigin);
	});
}

#[test]
fn a_longer_batch_does_not_decode() {
	use codec::{Decode, Encode};
	let items: Vec<_> = (0..=MAX_BATCH).map(|_| NO_CHANNEL).collect();
	assert!(frame_support::BoundedVec::<ChannelId, <Test as Config>::MaxBatch>::decode(
		&mut &items.encode()[..]
	)
	.is_err());
}
