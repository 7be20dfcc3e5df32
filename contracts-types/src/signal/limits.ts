// SPDX-License-Identifier: Apache-2.0

/** The longest frame on the signaling socket, in bytes. Longer ones close it. */
export const MAX_SIGNAL_FRAME_BYTES = 49_152;

/** The longest session description (a browser's, with every codec and simulcast, has some 12,000). */
export const MAX_SDP_LENGTH = 32_768;

/** The longest candidate line. */
export const MAX_CANDIDATE_LENGTH = 1_024;

/** The most peers that a room's state names: its publishers and nodes. */
export const MAX_LISTED_PEERS = 64;

/** The longest message between instances: one to a peer, with its address. */
export const MAX_INSTANCE_MESSAGE_BYTES = MAX_SIGNAL_FRAME_BYTES + 1_024;
