// SPDX-License-Identifier: Apache-2.0
import { createClient, type TickstreamClient } from "@tickstream/sdk";
import { createContext, type ReactNode, use, useState } from "react";

const ClientContext = createContext<TickstreamClient | undefined>(undefined);

/** The node that served this page, as the SDK talks to it. One for the page's whole life. */
export function useClient(): TickstreamClient {
  const client = use(ClientContext);
  if (!client) throw new Error("useClient outside of AppProviders");
  return client;
}

export function ClientProvider({ children }: { children: ReactNode }) {
  const [client] = useState(() => createClient({ node: location.origin }));
  return <ClientContext value={client}>{children}</ClientContext>;
}
