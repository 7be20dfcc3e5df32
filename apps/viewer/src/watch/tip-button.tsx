// SPDX-License-Identifier: Apache-2.0
import { Button } from "@mantine/core";
import { IconGift } from "@tabler/icons-react";
import type { StreamDetail, Token } from "@tickstream/contracts-types";
import { lazyPart, useT } from "@tickstream/ui";
import { Suspense, useState } from "react";

const TipDialog = lazyPart(() => import("./tip-dialog.tsx"));

export function TipButton({ stream, token }: { stream: StreamDetail; token: Token }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" size="sm" leftSection={<IconGift size={16} />} onClick={() => setOpen(true)}>
        {t("viewer.tip")}
      </Button>
      {open && (
        <Suspense>
          <TipDialog stream={stream} token={token} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
