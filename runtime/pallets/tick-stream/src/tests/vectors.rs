// SPDX-License-Identifier: Apache-2.0
//! The vectors that every implementation of the protocol reads.

use serde::{de::DeserializeOwned, Deserialize};
use sp_core::H256;
use sp_runtime::Perbill;

use super::mock::AccountId;
use crate::{
	commitment::{channel_id, encode_close, encode_commitment},
	hash_chain::walk_down,
	split::{parts_between, Parts},
	Commitment, Preimage, SessionKey,
};

/// Bytes written as 0x-hex.
#[derive(Deserialize)]
#[serde(transparent)]
struct Hex(String);

impl Hex {
	fn bytes(&self) -> Vec<u8> {
		hex::decode(self.0.strip_prefix("0x").expect("hex begins with 0x")).expect("hex digits")
	}

	fn array<const N: usize>(&self) -> [u8; N] {
		self.bytes().try_into().expect("as many bytes as the field has")
	}
}

/// A number that may not fit a JSON number, written in decimal.
#[derive(Deserialize)]
#[serde(transparent)]
struct Decimal(String);

impl Decimal {
	fn number<N: std::str::FromStr<Err = std::num::ParseIntError>>(&self) -> N {
		self.0.parse().expect("a decimal number in range")
	}
}

fn cases<Case: DeserializeOwned>(file: &str) -> Vec<Case> {
	#[derive(Deserialize)]
	struct File<Case> {
		cases: Vec<Case>,
	}
	let path = format!("{}/../../../tests/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
	let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
	let File { cases } = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
	assert!(!Vec::is_empty(&cases), "{path} has no cases");
	cases
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChainCase {
	seed: Hex,
	max_ticks: u32,
	anchor: Hex,
	preimages: Vec<PreimageCase>,
}

#[derive(Deserialize)]
struct PreimageCase {
	n: u32,
	preimage: Hex,
}

#[test]
fn hash_chains() {
	for case in cases::<ChainCase>("hash-chains.json") {
		let (seed, anchor): (Preimage, Preimage) = (case.seed.array(), case.anchor.array());
		assert_eq!(walk_down(seed, case.max_ticks), anchor);
		for PreimageCase { n, preimage } in case.preimages {
			assert_eq!(walk_down(seed, case.max_ticks - n), preimage.array(), "p({n})");
			assert_eq!(walk_down(preimage.array(), n), anchor, "from p({n})");
		}
	}
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommitmentCase {
	genesis_hash: Hex,
	commitment: CommitmentFields,
	encoded: Hex,
	channel_id: Hex,
	session_key: KeyFields,
	signature: Hex,
	close: Signed,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommitmentFields {
	tab: Decimal,
	nonce: u32,
	open_by: u32,
	stream: Decimal,
	terms: u32,
	rate: Decimal,
	operator: Hex,
	open_fee: Decimal,
	anchor: Hex,
	max_ticks: u32,
	expires_at: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyFields {
	r#type: String,
	public_key: Hex,
}

#[derive(Deserialize)]
struct Signed {
	message: Hex,
	signature: Hex,
}

impl From<CommitmentFields> for Commitment<AccountId> {
	fn from(fields: CommitmentFields) -> Self {
		Self {
			tab: fields.tab.number(),
			nonce: fields.nonce,
			open_by: fields.open_by,
			stream: fields.stream.number(),
			terms: fields.terms,
			rate: fields.rate.number(),
			operator: AccountId::new(fields.operator.array()),
			open_fee: fields.open_fee.number(),
			anchor: fields.anchor.array(),
			max_ticks: fields.max_ticks,
			expires_at: fields.expires_at,
		}
	}
}

impl From<KeyFields> for SessionKey {
	fn from(fields: KeyFields) -> Self {
		match fields.r#type.as_str() {
			"ed25519" => Self::Ed25519(fields.public_key.array()),
			"sr25519" => Self::Sr25519(fields.public_key.array()),
			other => panic!("no session key is of type {other}"),
		}
	}
}

#[test]
fn commitments() {
	let mut seen = [false; 2];
	for case in cases::<CommitmentCase>("commitments.json") {
		let genesis = H256(case.genesis_hash.array());
		let key = SessionKey::from(case.session_key);
		seen[usize::from(matches!(key, SessionKey::Sr25519(_)))] = true;
		let encoded = encode_commitment(genesis, &Commitment::from(case.commitment));
		assert_eq!(encoded, case.encoded.bytes());
		let channel = channel_id(&encoded);
		assert_eq!(channel, H256(case.channel_id.array()));
		assert!(key.verify(&encoded, &case.signature.array()), "{key:?} signed the commitment");

		assert_eq!(encode_close(genesis, channel), case.close.message.bytes());
		assert!(key.verify(&case.close.message.bytes(), &case.close.signature.array()));
		assert!(!key.verify(&encoded, &case.close.signature.array()), "one signature is not the other");
	}
	assert_eq!(seen, [true, true], "both kinds of key are among the cases");
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SplitCase {
	rate: Decimal,
	operator_share: u32,
	payees: Vec<u32>,
	from: u32,
	to: u32,
	total: Decimal,
	operator: Decimal,
	payee_amounts: Vec<Decimal>,
}

#[test]
fn splits() {
	for case in cases::<SplitCase>("splits.json") {
		let shares: Vec<_> = case.payees.iter().map(|share| Perbill::from_parts(*share)).collect();
		let operator_share = Perbill::from_parts(case.operator_share);
		let parts = parts_between(case.from, case.to, case.rate.number(), operator_share, &shares)
			.expect("the case fits");
		let expected = Parts {
			operator: case.operator.number(),
			payees: case.payee_amounts.iter().map(Decimal::number).collect(),
		};
		assert_eq!(parts, expected);
		assert_eq!(parts.total(), case.total.number::<u128>());
	}
}
