// SPDX-License-Identifier: Apache-2.0
import "@tickstream/ui/more-styles";
import { Button, Card, Stack, Text, Title } from "@mantine/core";
import { IconFileCheck } from "@tabler/icons-react";
import { parseReceipts, type Receipt } from "@tickstream/contracts-types";
import { Problem, useNode, usePageTitle, useT } from "@tickstream/ui";
import { type DragEvent, useRef, useState } from "react";
import { ReceiptVerdictCard } from "../verify/receipt-verdict-card.tsx";

/** A page of verdicts is enough; files with more are for the command line. */
const MAX_SHOWN = 50;

/** Checks receipts: offline for what they prove by themselves, and against the chain for the rest. */
export default function VerifyPage() {
  const t = useT();
  usePageTitle(t("viewer.verify-title"));
  const node = useNode();
  const input = useRef<HTMLInputElement>(null);
  const [receipts, setReceipts] = useState<Receipt[]>([]);
  const [error, setError] = useState<unknown>();
  const [over, setOver] = useState(false);

  const read = async (file: File | undefined) => {
    if (!file) return;
    setError(undefined);
    setReceipts([]);
    try {
      setReceipts(parseReceipts(await file.text()));
    } catch (cause) {
      setError(cause);
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void read(event.dataTransfer.files[0]);
  };
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>{t("viewer.verify-title")}</Title>
        <Text c="dimmed" maw="44rem">
          {t("viewer.verify-intro")}
        </Text>
      </div>
      <Card
        className="drop-zone"
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <IconFileCheck size={40} aria-hidden />
        <Text>{t("viewer.verify-drop")}</Text>
        <input
          ref={input}
          id="receipt-file"
          className="visually-hidden"
          type="file"
          accept=".json,application/json"
          tabIndex={-1}
          aria-label={t("viewer.verify-choose")}
          onChange={(event) => void read(event.currentTarget.files?.[0])}
        />
        <Button onClick={() => input.current?.click()}>{t("viewer.verify-choose")}</Button>
        <Text size="xs" c="dimmed">
          {t("viewer.verify-private")}
        </Text>
      </Card>
      {error !== undefined && <Problem error={error} />}
      {receipts.slice(0, MAX_SHOWN).map((receipt) => (
        <ReceiptVerdictCard key={receipt.proof.channel} receipt={receipt} token={node.data?.token} />
      ))}
      {receipts.length > MAX_SHOWN && (
        <Text size="sm" c="dimmed">
          {t("viewer.verify-more", { shown: MAX_SHOWN, count: receipts.length })}
        </Text>
      )}
    </Stack>
  );
}
