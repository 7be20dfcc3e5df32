// SPDX-License-Identifier: Apache-2.0
//! A small runtime around the pallet: real balances, small figures.

use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU128, ConstU32, Hooks, VariantCountOf},
	PalletId,
};
use sp_core::H256;
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage};

use super::invariants;
use crate::{self as pallet_tick_stream, EstimatedWeight};

pub type AccountId = AccountId32;
type Block = frame_system::mocking::MockBlockU32<Test>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeTask
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(10)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(50)]
	pub type TickStream = pallet_tick_stream;
}

/// The hash that block 1 has as its parent.
pub const GENESIS: H256 = H256([0x70; 32]);
/// How many block hashes the mock keeps; a test outlives them.
pub const BLOCK_HASHES: u32 = 10;
/// The existential deposit, in plancks.
pub const ALIVE: u128 = 100;
/// What each funded account has at first.
pub const ENDOWMENT: u128 = 1_000_000_000;
pub const STREAM_DEPOSIT: u128 = 1_000;
pub const TERMS_DEPOSIT: u128 = 500;
pub const CHANNEL_DEPOSIT: u128 = 200;
pub const MIN_CHANNEL: u128 = 300;
pub const MIN_TAB: u128 = 600;
pub const MAX_OPEN_FEE: u128 = 90;
pub const MAX_OPEN_DELAY: u32 = 50;
pub const UPDATE_DELAY: u32 = 60;
pub const GRACE: u32 = 600;
pub const MAX_CHANNEL_LIFE: u32 = 100_800;
pub const MAX_TICKS: u32 = 86_400;
pub const MAX_WALK: u32 = 4_096;
pub const MAX_BATCH: u32 = 256;

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type Block = Block;
	type BlockHashCount = ConstU32<BLOCK_HASHES>;
	type AccountData = pallet_balances::AccountData<u128>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = u128;
	type ExistentialDeposit = ConstU128<ALIVE>;
	type AccountStore = System;
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
}

parameter_types! {
	pub const TickStreamPalletId: PalletId = PalletId(*b"tickstrm");
}

impl crate::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WeightInfo = EstimatedWeight<Test>;
	type PalletId = TickStreamPalletId;
	type StreamDeposit = ConstU128<STREAM_DEPOSIT>;
	type TermsDeposit = ConstU128<TERMS_DEPOSIT>;
	type ChannelDeposit = ConstU128<CHANNEL_DEPOSIT>;
	type MaxOpenDelay = ConstU32<MAX_OPEN_DELAY>;
	type UpdateDelay = ConstU32<UPDATE_DELAY>;
	type Grace = ConstU32<GRACE>;
	type MaxChannelLife = ConstU32<MAX_CHANNEL_LIFE>;
	type MaxTicks = ConstU32<MAX_TICKS>;
	type MaxWalk = ConstU32<MAX_WALK>;
	type MaxBatch = ConstU32<MAX_BATCH>;
	type MinChannel = ConstU128<MIN_CHANNEL>;
	type MinTab = ConstU128<MIN_TAB>;
	type MaxOpenFee = ConstU128<MAX_OPEN_FEE>;
}

/// The state of block 1 with these accounts funded.
pub fn externalities(funded: &[AccountId]) -> sp_io::TestExternalities {
	let balances = funded.iter().map(|who| (who.clone(), ENDOWMENT)).collect();
	let genesis = RuntimeGenesisConfig {
		system: Default::default(),
		balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
		tick_stream: Default::default(),
	};
	let mut state: sp_io::TestExternalities =
		genesis.build_storage().expect("the mock's genesis builds").into();
	state.execute_with(|| System::initialize(&1, &GENESIS, &Default::default()));
	state
}

/// Runs a test in block 1, then checks the invariants.
pub fn in_block_one(funded: &[AccountId], test: impl FnOnce()) {
	externalities(funded).execute_with(|| {
		test();
		invariants::check();
	});
}

/// Ends this block and begins the next, as a chain would.
pub fn next_block() {
	let number = System::block_number();
	TickStream::on_finalize(number);
	let header = System::finalize();
	System::initialize(&(number + 1), &header.hash(), &Default::default());
	TickStream::on_initialize(number + 1);
}

/// Jumps to a later block; nothing of the pallet happens between blocks.
pub fn jump_to(block: u32) {
	System::set_block_number(block);
}
