// SPDX-License-Identifier: Apache-2.0
import { createHmac, timingSafeEqual } from "node:crypto";
import { isIPv6 } from "node:net";
import { crc32 } from "node:zlib";

/** The STUN (RFC 8489) that an ICE-lite agent needs: binding requests are read, and answered. */

/** A binding request as ICE sends it (RFC 8445 section 7.1). */
export interface BindingRequest {
  transactionId: Buffer;
  /** `<the receiver's ufrag>:<the sender's ufrag>` */
  username: string;
  /** The sender takes this path for the media. */
  useCandidate: boolean;
  /** The sender takes itself for the controlled side, which an ICE-lite agent is. */
  controlled: boolean;
  /** Where the message integrity begins; what stands before it is what it covers. */
  integrityAt: number;
}

const HEADER_LENGTH = 20;
const MAGIC_COOKIE = 0x2112_a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const ERROR_CODE = 0x0009;
const XOR_MAPPED_ADDRESS = 0x0020;
const USE_CANDIDATE = 0x0025;
const FINGERPRINT = 0x8028;
const ICE_CONTROLLED = 0x8029;
const FINGERPRINT_XOR = 0x5354_554e;
const INTEGRITY_LENGTH = 20;
/** Longer ones are nobody's: two ufrags of 256 characters and a colon. */
const LONGEST_USERNAME = 513;

/** Whether a packet on a port shared with DTLS and SRTP is STUN (RFC 7983 section 7). */
export function isStun(packet: Buffer): boolean {
  return packet.length >= HEADER_LENGTH && packet.readUInt8(0) < 4 && packet.readUInt32BE(4) === MAGIC_COOKIE;
}

/** Reads a binding request; undefined for everything else. Its integrity is still to be checked. */
export function parseBindingRequest(packet: Buffer): BindingRequest | undefined {
  if (!isStun(packet) || packet.readUInt16BE(0) !== BINDING_REQUEST) return undefined;
  if (packet.readUInt16BE(2) !== packet.length - HEADER_LENGTH) return undefined;
  const request = { username: "", useCandidate: false, controlled: false, integrityAt: 0 };
  for (let at = HEADER_LENGTH; at + 4 <= packet.length;) {
    const type = packet.readUInt16BE(at);
    const length = packet.readUInt16BE(at + 2);
    const end = at + 4 + length;
    if (end > packet.length) return undefined;
    if (type === MESSAGE_INTEGRITY) {
      if (length !== INTEGRITY_LENGTH) return undefined;
      request.integrityAt = at;
      break; // only the fingerprint may follow, and whoever can write the integrity needs none
    }
    if (type === USERNAME && length <= LONGEST_USERNAME) {
      request.username = packet.toString("latin1", at + 4, end);
    }
    request.useCandidate ||= type === USE_CANDIDATE;
    request.controlled ||= type === ICE_CONTROLLED;
    at = end + ((4 - (length % 4)) % 4);
  }
  if (request.integrityAt === 0 || request.username === "") return undefined;
  return { ...request, transactionId: packet.subarray(8, HEADER_LENGTH) };
}

/** Whether the sender of a request knows the password. */
export function isIntact(packet: Buffer, request: BindingRequest, password: string): boolean {
  const { integrityAt } = request;
  const expected = integrity(packet.subarray(0, integrityAt), password);
  const given = packet.subarray(integrityAt + 4, integrityAt + 4 + INTEGRITY_LENGTH);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The answer to a request that came from `address`. */
export function writeBindingSuccess(
  transactionId: Buffer,
  address: string,
  port: number,
  password: string,
): Buffer {
  return message(
    BINDING_SUCCESS,
    transactionId,
    attribute(XOR_MAPPED_ADDRESS, xorAddress(transactionId, address, port)),
    password,
  );
}

/** "487 Role Conflict" (RFC 8445 section 7.3.1.1). */
export function writeRoleConflict(transactionId: Buffer, password: string): Buffer {
  const body = Buffer.from("\0\0\x04\x57Role Conflict", "latin1");
  return message(BINDING_ERROR, transactionId, attribute(ERROR_CODE, body), password);
}

/** Adds message integrity and fingerprint, each covering what stands before it. */
function message(type: number, transactionId: Buffer, body: Buffer, password: string): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(type, 0);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  const covered = Buffer.concat([header, transactionId, body]);
  const signed = Buffer.concat([covered, attribute(MESSAGE_INTEGRITY, integrity(covered, password))]);
  signed.writeUInt16BE(signed.length - HEADER_LENGTH + 8, 2);
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(signed) ^ FINGERPRINT_XOR) >>> 0);
  return Buffer.concat([signed, attribute(FINGERPRINT, fingerprint)]);
}

/** HMAC-SHA1 over the message as if it ended with the integrity itself (RFC 8489 section 14.5). */
function integrity(covered: Buffer, password: string): Buffer {
  const header = Buffer.from(covered.subarray(0, HEADER_LENGTH));
  header.writeUInt16BE(covered.length - HEADER_LENGTH + 4 + INTEGRITY_LENGTH, 2);
  return createHmac("sha1", password).update(header).update(covered.subarray(HEADER_LENGTH)).digest();
}

function attribute(type: number, value: Buffer): Buffer {
  const padded = Buffer.alloc(4 + value.length + ((4 - (value.length % 4)) % 4));
  padded.writeUInt16BE(type, 0);
  padded.writeUInt16BE(value.length, 2);
  value.copy(padded, 4);
  return padded;
}

function xorAddress(transactionId: Buffer, address: string, port: number): Buffer {
  const bytes = addressBytes(address);
  const value = Buffer.alloc(4 + bytes.length);
  value.writeUInt8(bytes.length === 4 ? 1 : 2, 1);
  value.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(MAGIC_COOKIE);
  transactionId.copy(mask, 4);
  bytes.forEach((byte, i) => (value[4 + i] = byte ^ (mask[i] ?? 0)));
  return value;
}

function addressBytes(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split(".").map(Number));
  return ipv6Bytes(address);
}

function ipv6Bytes(address: string): Buffer {
  const [plain = ""] = address.split("%", 1);
  const [head = "", tail] = plain.split("::", 2);
  const words = (part: string): number[] =>
    part === ""
      ? []
      : part.split(":").flatMap((word) => {
          if (!word.includes(".")) return [Number.parseInt(word, 16)];
          const [a = 0, b = 0, c = 0, d = 0] = word.split(".").map(Number);
          return [a * 256 + b, c * 256 + d];
        });
  const first = words(head);
  const last = tail === undefined ? [] : words(tail);
  const all = [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
  const bytes = Buffer.alloc(16);
  all.forEach((word, i) => bytes.writeUInt16BE(word, 2 * i));
  return bytes;
}
