// SPDX-License-Identifier: Apache-2.0
import { Loader } from "@mantine/core";
import { useT } from "../i18n/use-t.tsx";

/** Something is on its way: seen, and said to screen readers. */
export function Loading({ size, color }: { size?: "sm"; color?: string }) {
  const t = useT();
  return (
    <output aria-label={t("common.loading")}>
      <Loader {...(size && { size })} {...(color && { color })} aria-hidden />
    </output>
  );
}
