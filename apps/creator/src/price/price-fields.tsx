// SPDX-License-Identifier: Apache-2.0
import {
  ActionIcon,
  Button,
  Group,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  VisuallyHidden,
} from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { parseAmount, type NodeInfo, type Token, WHOLE_SHARE } from "@tickstream/contracts-types";
import { AmountInput, inCurrency, T, useFormat, usePrice, useT } from "@tickstream/ui";
import {
  creatorShare,
  type GuestDraft,
  MAX_GUESTS,
  type PriceDraft,
  type PriceProblems,
  ratePerTick,
  TICK_MS,
} from "./price-draft.ts";

interface PriceFieldsProps {
  draft: PriceDraft;
  problems: PriceProblems | undefined;
  node: NodeInfo;
  /** Whether it may be free: a stream is made so, and stays so. */
  canBeFree: boolean;
  onChange: (draft: PriceDraft) => void;
}

/** What a stream costs and who gets it, with what that comes to while it is typed. */
export function PriceFields({ draft, problems, node, canBeFree, onChange }: PriceFieldsProps) {
  const t = useT();
  const { token } = node;
  return (
    <Stack gap="md">
      {canBeFree && (
        <SegmentedControl
          aria-label={t("creator.paid-or-free")}
          value={draft.free ? "free" : "paid"}
          data={[
            { value: "paid", label: t("creator.paid") },
            { value: "free", label: t("creator.free") },
          ]}
          onChange={(value) => onChange({ ...draft, free: value === "free" })}
        />
      )}
      {draft.free ? (
        <Text size="sm">{t("creator.free-text")}</Text>
      ) : (
        <>
          <div>
            <AmountInput
              label={t("creator.per-minute")}
              value={draft.perMinute}
              token={token}
              error={problems?.perMinute && t(`creator.${problems.perMinute}`, { symbol: token.symbol })}
              onChange={(perMinute) => onChange({ ...draft, perMinute })}
            />
            <ThatIs perMinute={draft.perMinute} token={token} />
          </div>
          <Shares draft={draft} problems={problems} onChange={onChange} />
        </>
      )}
    </Stack>
  );
}

/** “That is 3.6 UNIT an hour (about 12 €), charged as 0.001 UNIT per second.” */
function ThatIs({ perMinute, token }: { perMinute: string; token: Token }) {
  const format = useFormat();
  const price = usePrice();
  const rate = rateOf(perMinute, token);
  if (rate === null) return <Text size="sm" mih="1.5em" />;
  const hour = format.perHour(rate, TICK_MS, token);
  const tick = format.rate(rate, TICK_MS, token);
  const parts = [<strong key="hour" />];
  return (
    <Text size="sm" mt={4} mih="1.5em" aria-live="polite" data-testid="that-is">
      {price.data ? (
        <T
          id="creator.that-is-currency"
          values={{
            hour,
            tick,
            currency: format.currency(
              inCurrency(rate * 3_600n, token, price.data.perUnit),
              price.data.currency,
            ),
          }}
          parts={parts}
        />
      ) : (
        <T id="creator.that-is" values={{ hour, tick }} parts={parts} />
      )}
    </Text>
  );
}

function rateOf(perMinute: string, token: Token): bigint | null {
  try {
    const rate = ratePerTick(parseAmount(perMinute.trim().replace(",", "."), token));
    return rate > 0n ? rate : null;
  } catch {
    return null; // the field says what is wrong when it is sent
  }
}

function Shares(props: Pick<PriceFieldsProps, "draft" | "problems" | "onChange">) {
  const { draft, problems, onChange } = props;
  const t = useT();
  const { share } = useFormat();
  const own = creatorShare(draft);
  const setGuest = (key: number, change: Partial<GuestDraft>) =>
    onChange({
      ...draft,
      guests: draft.guests.map((guest) => (guest.key === key ? { ...guest, ...change } : guest)),
    });
  const addGuest = () => {
    const key = Math.max(0, ...draft.guests.map((guest) => guest.key)) + 1;
    onChange({ ...draft, guests: [...draft.guests, { key, address: "", percent: "10" }] });
  };
  return (
    <fieldset className="plain-fieldset">
      <Text component="legend" fw={600} size="sm">
        {t("creator.shares-title")}
      </Text>
      <Text size="xs" c="dimmed" mb="sm">
        {t("creator.shares-text")}
      </Text>
      <Stack gap="sm">
        <Group justify="space-between" className="share-row">
          <Text size="sm">{t("creator.you")}</Text>
          <Text size="sm" fw={600} className="figure" data-testid="own-share">
            {share(Math.max(0, own))}
          </Text>
        </Group>
        {draft.guests.map((guest, index) => {
          const number = index + 1;
          const problem = problems?.guests[guest.key];
          const text = problem && t(`creator.${problem}`);
          return (
            <div key={guest.key} className="guest-row">
              <TextInput
                label={t("creator.guest", { number })}
                value={guest.address}
                spellCheck={false}
                autoComplete="off"
                error={problem === "percent-invalid" ? undefined : text}
                onChange={(event) => setGuest(guest.key, { address: event.currentTarget.value })}
              />
              <PercentInput
                label={t("creator.guest-share", { number })}
                hiddenLabel
                value={guest.percent}
                error={problem === "percent-invalid" ? text : undefined}
                onChange={(percent) => setGuest(guest.key, { percent })}
              />
              <ActionIcon
                variant="default"
                size={36}
                aria-label={t("creator.remove-guest", { number })}
                onClick={() =>
                  onChange({ ...draft, guests: draft.guests.filter(({ key }) => key !== guest.key) })
                }
              >
                <IconTrash size={16} />
              </ActionIcon>
            </div>
          );
        })}
        <div>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} />}
            disabled={draft.guests.length >= MAX_GUESTS}
            onClick={addGuest}
          >
            {t("creator.add-guest")}
          </Button>
        </div>
        <PercentInput
          label={t("creator.operator")}
          description={t("creator.operator-hint")}
          value={draft.operatorPercent}
          error={problems?.operatorPercent && t("creator.percent-invalid")}
          onChange={(operatorPercent) => onChange({ ...draft, operatorPercent })}
        />
        <Group justify="space-between" className="share-sum">
          <Text size="sm">{t("creator.sum")}</Text>
          <Text size="sm" fw={600} className="figure">
            {share(WHOLE_SHARE - Math.min(0, own))}
          </Text>
        </Group>
        {own < 0 && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {t("creator.over-100", { over: share(-own) })}
          </Text>
        )}
      </Stack>
    </fieldset>
  );
}

function PercentInput(props: {
  label: string;
  hiddenLabel?: boolean;
  description?: string;
  value: string;
  error: string | undefined;
  onChange: (text: string) => void;
}) {
  const { label, hiddenLabel = false, description, value, error, onChange } = props;
  return (
    <TextInput
      label={hiddenLabel ? <VisuallyHidden>{label}</VisuallyHidden> : label}
      description={description}
      className="percent-input"
      inputMode="decimal"
      autoComplete="off"
      rightSection={<Text size="sm">%</Text>}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
