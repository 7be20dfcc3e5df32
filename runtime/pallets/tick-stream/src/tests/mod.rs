// SPDX-License-Identifier: Apache-2.0
//! One file a call; each failing path with its exact error and unchanged storage. Every test ends with the invariants.

mod fixtures;
mod invariants;
mod mock;

mod close_tab;
mod finalize_channel;
mod genesis;
mod model;
mod nonce_window;
mod open_batch;
mod open_channel;
mod open_tab;
mod register_stream;
mod remove_terms;
mod request_close;
mod request_close_by_session_key;
mod retire_stream;
mod set_session_key;
mod settle;
mod settle_batch;
mod split;
mod tip;
mod top_up_tab;
mod update_stream;
mod update_terms;
mod vectors;
