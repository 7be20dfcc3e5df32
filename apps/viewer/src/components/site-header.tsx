// SPDX-License-Identifier: Apache-2.0
import { Badge, Container, Group } from "@mantine/core";
import { Link } from "react-router";
import { useNode } from "../node/use-node.ts";
import { ColorSchemeToggle } from "./color-scheme-toggle.tsx";
import { WalletButton } from "../wallet/wallet-button.tsx";

export function SiteHeader() {
  const node = useNode();
  return (
    <header className="site-header">
      <Container size="lg" py="sm">
        <Group justify="space-between" gap="sm">
          <Group gap="sm">
            <Link to="/" className="brand">
              <img src="/favicon.svg" alt="" />
              Tickstream
            </Link>
            {node.data?.dev && (
              <Badge color="#b83a08" variant="filled" title="Play money on a development chain">
                development
              </Badge>
            )}
          </Group>
          <div className="site-tools">
            <WalletButton />
            <ColorSchemeToggle />
          </div>
        </Group>
      </Container>
    </header>
  );
}
