// SPDX-License-Identifier: Apache-2.0
import { Skeleton, Stack, Text, Title } from "@mantine/core";
import type { Token } from "@tickstream/contracts-types";
import { Amount, useT } from "@tickstream/ui";
import { TakeBack } from "./take-back.tsx";
import type { TabMoney } from "./use-tab-money.ts";

/** What the tab has, what of it is bound, and the way back. */
export function TabOverview({ money, token }: { money: TabMoney | null | undefined; token: Token }) {
  const t = useT();
  return (
    <Stack gap="md">
      <Title order={2} size="h3" id="tab-title">
        {t("viewer.tab")}
      </Title>
      {money === undefined && <Skeleton height={56} />}
      {money === null && (
        <Text size="sm" c="dimmed">
          {t("viewer.tab-none")}
        </Text>
      )}
      {money && (
        <dl className="figures">
          <div className="figure-big">
            <dt>{t("viewer.tab-free")}</dt>
            <dd data-testid="tab-free">
              <Amount value={money.free} token={token} />
            </dd>
          </div>
          <div className="figure-big">
            <dt>{t("viewer.tab-set-aside")}</dt>
            <dd>
              <Amount value={money.setAside} token={token} />
            </dd>
          </div>
        </dl>
      )}
      <TakeBack money={money} token={token} />
    </Stack>
  );
}
