// SPDX-License-Identifier: Apache-2.0
export * from "./describe-pallet.ts";
export * from "./type-shape.ts";
