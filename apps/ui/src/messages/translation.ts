// SPDX-License-Identifier: Apache-2.0

/** The same texts in another language. */
export type Translation<Texts> = { readonly [Id in keyof Texts]: string };
