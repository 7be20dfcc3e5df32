// SPDX-License-Identifier: Apache-2.0
import { formatAmount, planck, type Token } from "@tickstream/contracts-types";
import { useMemo } from "react";
import { useLanguage } from "../i18n/i18n-provider.tsx";
import { useT } from "../i18n/use-t.tsx";
import { costOf, roundAmount } from "./format.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Figures as the page's language writes them. Amounts are exact unless a name says otherwise. */
export function useFormat() {
  const { locale } = useLanguage();
  const t = useT();
  return useMemo(() => {
    const numbers = new Intl.NumberFormat(locale);
    const point = numbers.formatToParts(1.5).find(({ type }) => type === "decimal")?.value ?? ".";
    const amount = (value: bigint, token: Token) => formatAmount(planck(value), token).replace(".", point);
    const perMs = (rate: bigint, tickMs: number, ms: number, token: Token) =>
      amount(roundAmount(costOf(rate, tickMs, ms), 6), token);
    return {
      amount,
      /** What stands before a number's decimals. */
      point,
      number: (value: number) => numbers.format(value),
      /** `0.061 UNIT a minute`; six digits at most, which a price has anyway. */
      perMinute: (rate: bigint, tickMs: number, token: Token) =>
        rate === 0n
          ? t("common.free")
          : t("common.per-minute", { amount: perMs(rate, tickMs, MINUTE_MS, token) }),
      perHour: (rate: bigint, tickMs: number, token: Token) =>
        t("common.per-hour", { amount: perMs(rate, tickMs, HOUR_MS, token) }),
      /** The rate as it is charged, to the planck: `0.001 UNIT per second`. */
      rate: (rate: bigint, tickMs: number, token: Token) => {
        if (rate === 0n) return t("common.free");
        const price = amount(rate, token);
        return tickMs === 1000
          ? t("common.per-second", { amount: price })
          : t("common.per-tick", { amount: price, ms: tickMs });
      },
      currency: (value: number, currency: string) =>
        new Intl.NumberFormat(locale, { style: "currency", currency, maximumSignificantDigits: 3 }).format(
          value,
        ),
      /** Parts per billion, `12.5 %`. */
      share: (parts: number) =>
        new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 4 }).format(parts / 1e9),
      dateTime: (date: Date) =>
        new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(date),
      date: (date: Date) => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(date),
      /** How long something has been going on, coarsely. */
      since: (start: Date, now: Date) => {
        const minutes = Math.floor((now.getTime() - start.getTime()) / MINUTE_MS);
        if (minutes < 1) return t("common.just-started");
        if (minutes < 60) return t("common.minutes", { minutes });
        const hours = Math.floor(minutes / 60);
        return hours < 48
          ? t("common.hours", { hours, minutes: minutes % 60 })
          : t("common.days", { days: Math.floor(hours / 24) });
      },
      /** `English`, of `en`, in the page's language. */
      languageName: (tag: string) => {
        try {
          return new Intl.DisplayNames(locale, { type: "language" }).of(tag) ?? tag;
        } catch {
          return tag; // a tag that the browser doesn't take is shown as it is
        }
      },
    };
  }, [locale, t]);
}
