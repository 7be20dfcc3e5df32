// SPDX-License-Identifier: GPL-3.0-only

use codec::Encode;
use frame_support::{
	dispatch::{GetDispatchInfo, Pays, PostDispatchInfo},
	weights::Weight,
};
use pallet_tick_stream::{Call, Commitment, Config, WeightInfo};
use sp_keyring::Sr25519Keyring;
use sp_runtime::generic::Era;

use super::*;
use crate::configs::OPEN_AND_SETTLE_FEE;

/// What a signed transaction with this call costs, in plancks; `actual` where it says afterwards what it took.
fn fee(call: Call<Runtime>, actual: Option<Weight>) -> Balance {
	let call = RuntimeCall::TickStream(call);
	let info = call.get_dispatch_info();
	let extensions: TxExtension = (
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckEra::from(Era::mortal(64, 1)),
		frame_system::CheckNonce::from(1_000),
		frame_system::CheckWeight::new(),
		pallet_transaction_payment::ChargeTransactionPayment::from(0),
	);
	let signature = Signature::Sr25519(sp_core::sr25519::Signature::from_raw([0; 64]));
	let sender = Sr25519Keyring::Bob.to_account_id().into();
	let length = UncheckedExtrinsic::new_signed(call, sender, signature, extensions).encoded_size();
	let post = PostDispatchInfo {
		actual_weight: actual.map(|weight| weight + info.extension_weight),
		pays_fee: Pays::Yes,
	};
	TransactionPayment::compute_actual_fee(length as u32, &info, &post, 0)
}

fn commitment() -> Commitment<AccountId> {
	Commitment {
		tab: 1,
		nonce: 1,
		open_by: 1,
		stream: 1,
		terms: 1,
		rate: UNIT,
		operator: Sr25519Keyring::Bob.to_account_id(),
		open_fee: 0,
		anchor: [0; 32],
		max_ticks: 3_600,
		expires_at: 1_000,
	}
}

/// `MinChannel`, `MinTab` and `MaxOpenFee` are multiples of what opening and settling cost: this keeps the figure true.
#[test]
fn open_and_settle_cost_what_the_limits_were_made_from() {
	development(|| {
		let open = fee(Call::open_channel { commitment: commitment(), signature: [0; 64] }, None);
		// Ten minutes, for one operator and one payee.
		let settle = Call::settle { channel: GENESIS, ticks: 600, preimage: [0; 32], hashes: 600 };
		let settle = fee(settle, Some(<Runtime as Config>::WeightInfo::settle(600, 2)));
		let both = open + settle;
		assert!(both <= OPEN_AND_SETTLE_FEE, "{open} + {settle} is above {OPEN_AND_SETTLE_FEE}");
		assert!(both * 3 / 2 > OPEN_AND_SETTLE_FEE, "{open} + {settle} is far below {OPEN_AND_SETTLE_FEE}");
	});
}

#[test]
fn the_limits_are_those_of_the_protocol() {
	assert_eq!(<Runtime as Config>::MinChannel::get(), 10 * OPEN_AND_SETTLE_FEE);
	assert_eq!(<Runtime as Config>::MinTab::get(), 20 * OPEN_AND_SETTLE_FEE);
	assert_eq!(<Runtime as Config>::MaxOpenFee::get(), 3 * OPEN_AND_SETTLE_FEE);
}
