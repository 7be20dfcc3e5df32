// SPDX-License-Identifier: Apache-2.0
import { customType } from "drizzle-orm/pg-core";

/** Raw bytes (`bytea`). */
export const bytes = customType<{ data: Buffer; driverData: Buffer }>({
  dataType: () => "bytea",
});

/** An unsigned integer up to 128 bits, exact in both directions (PostgreSQL has no unsigned types). */
export const uint128 = customType<{ data: bigint; driverData: string }>({
  dataType: () => "numeric(39, 0)",
  fromDriver: (value) => BigInt(value),
  toDriver: (value) => value.toString(),
});

/** As {@link uint128}, for what can be taken away again. */
export const int129 = customType<{ data: bigint; driverData: string }>({
  dataType: () => "numeric(40, 0)",
  fromDriver: (value) => BigInt(value),
  toDriver: (value) => value.toString(),
});

/** Sets of epochs as PostgreSQL keeps them: `{[3,9),[12,13)}`. Parsed by `ledger/epoch-ranges`. */
export const epochMultirange = customType<{ data: string; driverData: string }>({
  dataType: () => "int8multirange",
});
