// SPDX-License-Identifier: Apache-2.0
import { Button, Table, Text } from "@mantine/core";
import type { Token } from "@tickstream/contracts-types";
import type { WatchRecord } from "@tickstream/sdk";
import { Amount, formatDuration, useFormat, useT } from "@tickstream/ui";
import { useState } from "react";
import { Link } from "react-router";

const PAGE = 20;

/** What was watched, when, how long, and what it cost. */
export function VisitTable({ visits, token }: { visits: WatchRecord[]; token: Token }) {
  const t = useT();
  const format = useFormat();
  const [shown, setShown] = useState(PAGE);
  return (
    <>
      <Table.ScrollContainer minWidth={280} type="native">
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("viewer.history-stream")}</Table.Th>
              <Table.Th className="only-wide">{t("viewer.history-when")}</Table.Th>
              <Table.Th ta="end">{t("viewer.watched")}</Table.Th>
              <Table.Th ta="end">{t("viewer.paid")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {visits.slice(0, shown).map((visit) => (
              <Table.Tr key={visit.id}>
                <Table.Td className="wrapping">
                  {visit.node === location.origin ? (
                    <Link to={`/watch/${visit.stream}`} className="plain-link">
                      {visit.title}
                    </Link>
                  ) : (
                    <>
                      {visit.title}
                      <Text size="xs" c="dimmed">
                        {visit.node}
                      </Text>
                    </>
                  )}
                  <Text size="xs" c="dimmed" className="only-narrow">
                    {format.dateTime(new Date(visit.startedAt))}
                  </Text>
                </Table.Td>
                <Table.Td className="only-wide">{format.dateTime(new Date(visit.startedAt))}</Table.Td>
                <Table.Td ta="end" className="figure">
                  {formatDuration(visit.watchedMs / 1000)}
                </Table.Td>
                <Table.Td ta="end">
                  <Amount value={visit.spent} token={token} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {visits.length > shown && (
        <Button variant="default" size="xs" onClick={() => setShown((n) => n + PAGE)}>
          {t("viewer.home-more")}
        </Button>
      )}
    </>
  );
}
