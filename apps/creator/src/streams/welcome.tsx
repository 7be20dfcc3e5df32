// SPDX-License-Identifier: Apache-2.0
import { Button, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { ConnectWallet, Problem, usePageTitle, useT, useWallet } from "@tickstream/ui";
import { Link } from "react-router";
import { useSession } from "../session/session-provider.tsx";

const STEPS = ["one", "two", "three"] as const;

/** What somebody sees who is not signed in: what this is for, and how short the way is. */
export function Welcome() {
  const t = useT();
  usePageTitle(t("creator.welcome-title"));
  const { wallet } = useWallet();
  const { signIn, signingIn, error } = useSession();
  return (
    <Stack gap="xl" py="lg" maw={960} mx="auto">
      <div>
        <Title order={1} className="welcome-title">
          {t("creator.welcome-title")}
        </Title>
        <Text size="lg" mt="sm" maw={640}>
          {t("creator.welcome-text")}
        </Text>
        <Group mt="lg" gap="sm">
          <Button component={Link} to="/new" size="md">
            {t("creator.welcome-start")}
          </Button>
          {wallet ? (
            <Button
              size="md"
              variant="default"
              loading={signingIn}
              onClick={() => void signIn().catch(() => undefined)}
            >
              {t("creator.welcome-back")}
            </Button>
          ) : (
            <ConnectWallet size="md" variant="default" />
          )}
        </Group>
        {error !== undefined && (
          <Stack mt="md">
            <Problem error={error} />
          </Stack>
        )}
      </div>
      <SimpleGrid cols={{ base: 1, sm: 3 }} component="ol" className="welcome-steps">
        {STEPS.map((name, index) => (
          <Card key={name} component="li">
            <span className="section-number" aria-hidden>
              {index + 1}
            </span>
            <Title order={2} size="h3" mt="sm">
              {t(`creator.welcome-${name}`)}
            </Title>
            <Text size="sm" mt={4}>
              {t(`creator.welcome-${name}-text`)}
            </Text>
          </Card>
        ))}
      </SimpleGrid>
    </Stack>
  );
}
