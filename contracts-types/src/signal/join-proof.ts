// SPDX-License-Identifier: Apache-2.0
import { bytesToHex } from "../hex.ts";
import type { PeerRole } from "./peer-messages.ts";

export interface JoinProof {
  /** Host (and port) of the signaling server as the peer reached it: what another server is shown is no use here. */
  host: string;
  stream: string;
  role: PeerRole;
  /** Of the socket's `welcome`. */
  nonce: Uint8Array;
}

/** What a wallet signs to join a room: readable, since the wallet shows it. */
export function joinProofText({ host, stream, role, nonce }: JoinProof): string {
  return [
    `Join stream ${stream} as a ${role}`,
    `Signaling server: ${host}`,
    `Nonce: ${bytesToHex(nonce)}`,
  ].join("\n");
}
