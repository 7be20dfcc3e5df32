// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from "../messages/catalog.ts";

export type MessageId = keyof Catalog;

/** `{name}` and `{count, plural, …}` of a text. What stands in a plural's branches has a blank or a `#` in it, so is none. */
type PlaceholderOf<Text> = Text extends `${string}{${infer Rest}`
  ? Rest extends `${infer Name}}${string}`
    ? NameOf<Name> | PlaceholderOf<Rest>
    : PlaceholderOf<Rest>
  : never;

type NameOf<Inside extends string> = Inside extends `${infer Name},${string}`
  ? PlainName<Name>
  : PlainName<Inside>;

type PlainName<Name extends string> = Name extends `${string}${" " | "#" | "{"}${string}` ? never : Name;

/** What a text's placeholders are filled with, by their names. */
export type MessageValues<Id extends MessageId> = Record<PlaceholderOf<Catalog[Id]>, string | number>;

/** No second parameter where a text has no placeholder. */
export type ValuesParameter<Id extends MessageId> = [PlaceholderOf<Catalog[Id]>] extends [never]
  ? []
  : [values: MessageValues<Id>];
