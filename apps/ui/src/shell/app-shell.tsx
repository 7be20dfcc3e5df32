// SPDX-License-Identifier: Apache-2.0
import { Container } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import type { ReactNode } from "react";
import { Link, NavLink } from "react-router";
import { useT } from "../i18n/use-t.tsx";
import { useMissing } from "../node/use-missing.ts";
import { useNode } from "../node/use-node.ts";
import { AccountButton } from "../wallet/account-button.tsx";
import { ColorSchemeToggle } from "./color-scheme-toggle.tsx";
import { LanguageSwitch } from "./language-switch.tsx";
import { useRouteFocus } from "./use-route-focus.ts";

/** One place to go to: a route of this app, or an address of the other one. */
export type NavItem = { label: string; to: string } | { label: string; href: string };

/** What stands around every page: where one is, what else there is, who pays, in which language and colours. */
export function AppShell(props: { brand: string; logo: string; nav: NavItem[]; children: ReactNode }) {
  const { brand, logo, nav, children } = props;
  const t = useT();
  const node = useNode();
  const { online } = useNetwork();
  const missing = useMissing();
  useRouteFocus();
  return (
    <div className="shell">
      <div>
        <a className="skip-link" href="#content">
          {t("common.skip")}
        </a>
        {node.data?.dev && (
          <aside className="shell-notice" aria-label={t("common.note")}>
            {t("common.development")}
          </aside>
        )}
        {!online && <output className="shell-notice">{t("common.offline")}</output>}
        {online && missing && (
          <output className="shell-notice">
            {t(`problem.${missing}`)} {t(`problem.${missing}.advice`)}
          </output>
        )}
        <header className="shell-header">
          <Container size="xl" className="shell-bar">
            <Link to="/" className="shell-brand">
              <img src={logo} alt="" />
              <span>{brand}</span>
            </Link>
            <nav className="shell-nav" aria-label={brand}>
              {nav.map((item) =>
                "to" in item ? (
                  <NavLink key={item.to} to={item.to} end>
                    {item.label}
                  </NavLink>
                ) : (
                  <a key={item.href} href={item.href}>
                    {item.label}
                  </a>
                ),
              )}
            </nav>
            <div className="shell-tools">
              <AccountButton />
              <ColorSchemeToggle />
            </div>
          </Container>
        </header>
      </div>
      <Container component="main" id="content" size="xl" w="100%" py="lg" tabIndex={-1}>
        {children}
      </Container>
      <footer className="shell-footer">
        <Container size="xl" className="shell-bar">
          <span>{t("common.source")}</span>
          <span style={{ marginInlineStart: "auto" }}>
            <LanguageSwitch />
          </span>
        </Container>
      </footer>
      <div id="page-announcer" className="visually-hidden" aria-live="polite" />
    </div>
  );
}
