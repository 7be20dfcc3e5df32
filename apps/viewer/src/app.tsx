// SPDX-License-Identifier: Apache-2.0
import { Container, Loader } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Route, Routes } from "react-router";
import { SiteHeader } from "./components/site-header.tsx";
import { LiveListPage } from "./pages/live-list-page.tsx";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { WalletProvider } from "./wallet/wallet-context.tsx";

/** Watching needs much more code than the list: it comes when somebody watches. */
const WatchPage = lazy(() => import("./pages/watch-page.tsx"));

export function App() {
  return (
    <WalletProvider>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <SiteHeader />
      <Container component="main" id="content" size="lg" py="lg" tabIndex={-1}>
        <Suspense fallback={<Loader aria-label="Loading" />}>
          <Routes>
            <Route path="/" element={<LiveListPage />} />
            <Route path="/watch/:id" element={<WatchPage />} />
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </Suspense>
      </Container>
    </WalletProvider>
  );
}
