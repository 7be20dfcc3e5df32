// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Group, Stack, Text, Textarea } from "@mantine/core";
import type { Planck, StreamDetail, Token } from "@tickstream/contracts-types";
import { type InjectedWallet, MAX_TIP_NOTE_BYTES, tip } from "@tickstream/sdk";
import {
  AmountInput,
  ConnectWallet,
  Problem,
  readAmount,
  TransactionProgress,
  useClient,
  useFormat,
  useT,
  useTransaction,
  useWallet,
} from "@tickstream/ui";
import { Dialog } from "@tickstream/ui/dialog";
import { type FormEvent, useState } from "react";

/** Whole tokens to choose from with one click. */
const PRESETS = ["0.1", "0.5", "1", "5"];

interface Tip {
  wallet: InjectedWallet;
  amount: Planck;
  note: string;
}

/** Money straight from the wallet to whom the stream pays, with a word along. */
export default function TipDialog(props: { stream: StreamDetail; token: Token; onClose: () => void }) {
  const { stream, token, onClose } = props;
  const t = useT();
  const format = useFormat();
  const client = useClient();
  const { wallet } = useWallet();
  const [text, setText] = useState("0.5");
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState<string>();
  const sent = useTransaction(async (wanted: Tip, follow) => {
    await tip({ client, stream: stream.id, ...wanted, ...follow });
    return wanted.amount;
  });
  const bytes = new TextEncoder().encode(note).length;
  const tooLong = bytes > MAX_TIP_NOTE_BYTES;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readAmount(text, token, t);
    setProblem("problem" in read ? read.problem : undefined);
    if (wallet && "amount" in read && !tooLong) void sent.run({ wallet, amount: read.amount, note });
  };
  return (
    <Dialog title={t("viewer.tip-title")} onClose={onClose}>
      {sent.result === undefined ? (
        <form onSubmit={submit} noValidate>
          <Stack gap="md">
            <Text size="sm" c="dimmed">
              {t("viewer.tip-intro")}
            </Text>
            <Group gap="xs" grow preventGrowOverflow={false} wrap="nowrap">
              {PRESETS.map((preset) => (
                <Button
                  key={preset}
                  size="xs"
                  px={4}
                  variant={text === preset ? "light" : "default"}
                  aria-pressed={text === preset}
                  onClick={() => setText(preset)}
                >
                  {format.number(Number(preset))} {token.symbol}
                </Button>
              ))}
            </Group>
            <AmountInput
              label={t("viewer.tip-amount")}
              token={token}
              value={text}
              error={problem}
              onChange={setText}
            />
            <Textarea
              label={t("viewer.tip-note")}
              description={t("viewer.tip-note-public", { bytes, max: MAX_TIP_NOTE_BYTES })}
              error={tooLong ? t("viewer.tip-note-long") : undefined}
              autosize
              minRows={2}
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
            {sent.error !== undefined && <Problem error={sent.error} />}
            {sent.step && <TransactionProgress step={sent.step} />}
            {wallet ? (
              <Button type="submit" loading={sent.step !== undefined}>
                {t("viewer.tip-send")}
              </Button>
            ) : (
              <ConnectWallet />
            )}
          </Stack>
        </form>
      ) : (
        <Stack>
          <Alert color="tick" title={t("viewer.tip-thanks")} role="alert">
            {t("viewer.tip-sent", { amount: format.amount(sent.result, token) })}
          </Alert>
          <Button onClick={onClose}>{t("common.close")}</Button>
        </Stack>
      )}
    </Dialog>
  );
}
