// SPDX-License-Identifier: Apache-2.0
import { Anchor, Text } from "@mantine/core";
import { AppShell, lazyPart, PageFrame, PageState, usePageTitle, useT } from "@tickstream/ui";
import { Link, Route, Routes } from "react-router";
import { BroadcastProvider } from "./broadcast/broadcast-provider.tsx";
import { LiveNotice } from "./broadcast/live-notice.tsx";
import { NewStreamPage } from "./new-stream/new-stream-page.tsx";
import { SessionProvider } from "./session/session-provider.tsx";
import { StreamsPage } from "./streams/streams-page.tsx";
import { StreamKeysProvider } from "./studio/stream-keys.tsx";

const StudioPage = lazyPart(() => import("./studio/studio-page.tsx"));
const ManagePage = lazyPart(() => import("./manage/manage-page.tsx"));
const EarningsPage = lazyPart(() => import("./earnings/earnings-page.tsx"));

export function App() {
  const t = useT();
  return (
    <SessionProvider>
      <StreamKeysProvider>
        <BroadcastProvider>
          <AppShell
            brand={t("creator.brand")}
            logo={`${import.meta.env.BASE_URL}favicon.svg`}
            nav={[
              { label: t("creator.nav-streams"), to: "/" },
              { label: t("creator.nav-new"), to: "/new" },
              { label: t("creator.nav-earnings"), to: "/earnings" },
              { label: t("creator.nav-watch"), href: "/" },
            ]}
          >
            <LiveNotice />
            <PageFrame>
              <Routes>
                <Route path="/" element={<StreamsPage />} />
                <Route path="/new" element={<NewStreamPage />} />
                <Route path="/streams/:id" element={<StudioPage />} />
                <Route path="/streams/:id/manage" element={<ManagePage />} />
                <Route path="/earnings" element={<EarningsPage />} />
                <Route path="*" element={<NotFound />} />
              </Routes>
            </PageFrame>
          </AppShell>
        </BroadcastProvider>
      </StreamKeysProvider>
    </SessionProvider>
  );
}

function NotFound() {
  const t = useT();
  usePageTitle(t("creator.not-found"));
  return (
    <PageState title={t("creator.not-found")} heading={1}>
      <Text>
        <Anchor component={Link} to="/">
          {t("creator.to-streams")}
        </Anchor>
      </Text>
    </PageState>
  );
}
