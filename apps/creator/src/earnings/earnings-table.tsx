// SPDX-License-Identifier: Apache-2.0
import { Table, Text } from "@mantine/core";
import type { Earnings, EarningsGroup, Token } from "@tickstream/contracts-types";
import { shortAddress, useFormat, useT } from "@tickstream/ui";

/** The exact figures, and what they sum to. */
export function EarningsTable({
  data,
  group,
  token,
}: {
  data: Earnings;
  group: EarningsGroup;
  token: Token;
}) {
  const t = useT();
  const { amount, number, date } = useFormat();
  const nameOf = ({ key, title }: Earnings["rows"][number]) => {
    if (group === "day") return date(new Date(`${key}T00:00:00`));
    if (group === "stream") return title ?? key;
    return shortAddress(key);
  };
  const figures = (sums: Omit<Earnings["rows"][number], "key" | "title">) => (
    <>
      <Table.Td>{amount(sums.settled, token)}</Table.Td>
      <Table.Td>{amount(sums.operator, token)}</Table.Td>
      <Table.Td>{amount(sums.tipped, token)}</Table.Td>
      <Table.Td>{number(sums.ticks)}</Table.Td>
      <Table.Td>{number(sums.settlements)}</Table.Td>
    </>
  );
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
    <section className="wide-table" aria-label={t("creator.earnings-title")} tabIndex={0}>
      <Table className="figure money-table" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t(`creator.group-${group}`)}</Table.Th>
            <Table.Th scope="col">{t("creator.column-settled")}</Table.Th>
            <Table.Th scope="col">{t("creator.column-operator")}</Table.Th>
            <Table.Th scope="col">{t("creator.column-tips")}</Table.Th>
            <Table.Th scope="col">{t("creator.column-ticks")}</Table.Th>
            <Table.Th scope="col">{t("creator.column-settlements")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.rows.map((row) => (
            <Table.Tr key={row.key}>
              <Table.Th scope="row" title={row.key}>
                {nameOf(row)}
              </Table.Th>
              {figures(row)}
            </Table.Tr>
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr>
            <Table.Th scope="row">
              <Text fw={700} size="sm">
                {t("creator.sum")}
              </Text>
            </Table.Th>
            {figures(data.totals)}
          </Table.Tr>
        </Table.Tfoot>
      </Table>
    </section>
  );
}
