// SPDX-License-Identifier: Apache-2.0
import { Component, type ReactNode, Suspense } from "react";
import { useLocation } from "react-router";
import { useT } from "../i18n/use-t.tsx";
import { Loading } from "./loading.tsx";
import { Problem } from "./problem.tsx";

/** Where pages are drawn: says that one is on its way, and what to do where one can't be drawn at all. */
export function PageFrame({ children }: { children: ReactNode }) {
  const { pathname } = useLocation();
  return (
    <PageGuard key={pathname}>
      <Suspense fallback={<Loading />}>{children}</Suspense>
    </PageGuard>
  );
}

/** React has no other way to catch what a page throws while it is drawn. */
class PageGuard extends Component<{ children: ReactNode }, { error: unknown }> {
  override readonly state = { error: undefined };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === undefined ? this.props.children : <Broken error={error} />;
  }
}

function Broken({ error }: { error: unknown }) {
  const t = useT();
  return <Problem error={error} action={{ label: t("common.reload"), onClick: () => location.reload() }} />;
}
