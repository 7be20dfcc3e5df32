// SPDX-License-Identifier: Apache-2.0
//! What session keys sign, byte for byte, and how their signatures are checked.

use alloc::vec::Vec;
use codec::Encode;
use sp_core::{ed25519, sr25519, H256};

use crate::types::{ChannelId, Commitment, RawSignature, SessionKey};

/// Domain of a commitment.
pub const COMMITMENT_DOMAIN: &[u8] = b"tickstream/commitment/1";
/// Domain of a request to close.
pub const CLOSE_DOMAIN: &[u8] = b"tickstream/close/1";

/// The bytes of a commitment: domain (length-prefixed), genesis hash, then the fields in order.
pub fn encode_commitment<AccountId: Encode>(genesis: H256, commitment: &Commitment<AccountId>) -> Vec<u8> {
	(COMMITMENT_DOMAIN, genesis, commitment).encode()
}

/// The id of the channel that a commitment opens: BLAKE2b-256 of its bytes.
pub fn channel_id(encoded: &[u8]) -> ChannelId {
	H256(sp_io::hashing::blake2_256(encoded))
}

/// The bytes that a session key signs to ask for a channel's close.
pub fn encode_close(genesis: H256, channel: ChannelId) -> Vec<u8> {
	(CLOSE_DOMAIN, genesis, channel).encode()
}

impl SessionKey {
	/// Whether `signature` is this key's over exactly `message`.
	pub fn verify(&self, message: &[u8], signature: &RawSignature) -> bool {
		match self {
			Self::Ed25519(key) => sp_io::crypto::ed25519_verify(
				&ed25519::Signature::from_raw(*signature),
				message,
				&ed25519::Public::from_raw(*key),
			),
			Self::Sr25519(key) => sp_io::crypto::sr25519_verify(
				&sr25519::Signature::from_raw(*signature),
				message,
				&sr25519::Public::from_raw(*key),
			),
		}
	}
}
