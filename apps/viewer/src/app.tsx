// SPDX-License-Identifier: Apache-2.0
import { AppShell, lazyPart, PageFrame, useT } from "@tickstream/ui";
import { Outlet, Route, Routes } from "react-router";
import { HomePage } from "./pages/home-page.tsx";

// Whatever isn't the list comes when somebody goes there.
const WatchPage = lazyPart(() => import("./pages/watch-page.tsx"));
const EmbedPage = lazyPart(() => import("./pages/embed-page.tsx"));
const FollowingPage = lazyPart(() => import("./pages/following-page.tsx"));
const WalletPage = lazyPart(() => import("./pages/wallet-page.tsx"));
const HistoryPage = lazyPart(() => import("./pages/history-page.tsx"));
const VerifyPage = lazyPart(() => import("./pages/verify-page.tsx"));
const NotFoundPage = lazyPart(() => import("./pages/not-found-page.tsx"));

export function App() {
  return (
    <Routes>
      <Route
        path="/embed/:id"
        element={
          <PageFrame>
            <EmbedPage />
          </PageFrame>
        }
      />
      <Route element={<Site />}>
        <Route index element={<HomePage />} />
        <Route path="/watch/:id" element={<WatchPage />} />
        <Route path="/following" element={<FollowingPage />} />
        <Route path="/wallet" element={<WalletPage />} />
        <Route path="/history" element={<HistoryPage />} />
        <Route path="/verify" element={<VerifyPage />} />
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  );
}

function Site() {
  const t = useT();
  return (
    <AppShell
      brand={t("viewer.brand")}
      logo="/favicon.svg"
      nav={[
        { to: "/", label: t("viewer.nav-live") },
        { to: "/following", label: t("viewer.nav-following") },
        { to: "/wallet", label: t("viewer.nav-wallet") },
        { to: "/history", label: t("viewer.nav-history") },
        { href: "/studio/", label: t("viewer.nav-studio") },
      ]}
    >
      <PageFrame>
        <Outlet />
      </PageFrame>
    </AppShell>
  );
}
