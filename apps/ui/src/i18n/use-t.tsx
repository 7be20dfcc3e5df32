// SPDX-License-Identifier: Apache-2.0
import type { I18n } from "@lingui/core";
import { Trans, useLingui } from "@lingui/react";
import { type ReactElement, useMemo } from "react";
import { useLanguage } from "./i18n-provider.tsx";
import type { MessageId, MessageValues, ValuesParameter } from "./message-values.ts";

export type Translate = <Id extends MessageId>(id: Id, ...values: ValuesParameter<Id>) => string;

/**
 * The page's texts.
 *
 * @example const t = useT(); t("common.viewers", { count: 3 }) // "3 viewers"
 */
export function useT(): Translate {
  const { i18n } = useLingui();
  const { locale } = useLanguage();
  return useMemo(() => translatorOf(i18n, locale), [i18n, locale]);
}

/** A function of its own for each language, so that whatever was made by the last one is made anew. */
function translatorOf(i18n: I18n, _locale: string): Translate {
  return (id, ...[values]) => i18n._(id, values);
}

/**
 * A text with markup: `<0>…</0>` in it becomes `parts[0]`.
 *
 * @example <T id="viewer.price-note" values={{ rate }} parts={[<strong />]} />
 */
export function T<Id extends MessageId>(props: {
  id: Id;
  values?: MessageValues<Id>;
  parts?: readonly ReactElement[];
}) {
  const { id, values = {}, parts = [] } = props;
  return <Trans id={id} values={values} components={Object.fromEntries(parts.entries())} />;
}
