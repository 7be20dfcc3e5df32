// SPDX-License-Identifier: Apache-2.0
import type { MetadataDef } from "@polkadot/extension-inject/types";
import type { Call } from "@polkadot/types/interfaces";
import type { SignerPayloadJSON } from "@polkadot/types/types";
import { hexToU8a, isHex, stringCamelCase } from "@polkadot/util";
import { registryOf } from "./known-chain.ts";

/** What the dialog says of a request, besides who asks whom. */
export interface RequestDescription {
  title: string;
  details: [label: string, value: string][];
}

/** A transaction in words, where the page described its chain; in bytes where not. */
export function describeTransaction(
  payload: SignerPayloadJSON,
  chain: MetadataDef | undefined,
): RequestDescription {
  const where: RequestDescription["details"] = [
    ["Chain", chain ? `${chain.chain} (${payload.genesisHash.slice(0, 10)}…)` : payload.genesisHash],
    ["Nonce", String(Number.parseInt(payload.nonce, 16))],
  ];
  if (chain?.metaCalls === undefined) {
    return { title: "Sign a transaction?", details: [["Call", payload.method], ...where] };
  }
  const call = registryOf(chain).createType("Call", payload.method) as Call;
  const fields = call.meta.fields.map(({ name }, index): [string, string] => {
    const label = stringCamelCase(name.unwrapOr("argument").toString());
    return [label, show(call.args[index], label, chain)];
  });
  return { title: `Sign ${call.section}.${call.method}?`, details: [...fields, ...where] };
}

/** A message as text, where it is some. */
export function describeMessage(data: string): RequestDescription {
  return { title: "Sign a message?", details: [["Message", readable(data)]] };
}

function show(value: unknown, label: string, chain: MetadataDef): string {
  const text = String(value);
  const isAmount = /^[0-9]+$/.test(text) && /^(amount|deposit|rate|tip|value|openFee)$/.test(label);
  if (isAmount) return `${decimal(BigInt(text), chain.tokenDecimals)} ${chain.tokenSymbol}`;
  return readable(text);
}

function decimal(amount: bigint, decimals: number): string {
  const unit = 10n ** BigInt(decimals);
  const fraction = (amount % unit).toString().padStart(decimals, "0").replace(/0+$/, "");
  return fraction === "" ? String(amount / unit) : `${amount / unit}.${fraction}`;
}

function readable(data: string): string {
  if (!isHex(data) || data.length === 2) return data;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(hexToU8a(data));
    // Bytes that happen to be text, and nobody wrote, hold control characters.
    // oxlint-disable-next-line no-control-regex
    return /[\u0000-\u0008\u000e-\u001f\u007f]/.test(text) ? data : text;
  } catch {
    return data;
  }
}
