// SPDX-License-Identifier: Apache-2.0
import { Text } from "@mantine/core";
import { PageState, usePageTitle, useT } from "@tickstream/ui";
import { Link } from "react-router";

export default function NotFoundPage() {
  const t = useT();
  usePageTitle(t("viewer.not-found"));
  return (
    <PageState title={t("viewer.not-found")} heading={1}>
      <Text>{t("viewer.not-found-advice")}</Text>
      <Link to="/">{t("viewer.to-live")}</Link>
    </PageState>
  );
}
