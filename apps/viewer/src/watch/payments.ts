// SPDX-License-Identifier: Apache-2.0
import { planck, type Planck } from "@tickstream/contracts-types";
import {
  closeTab,
  createClient,
  createPlayer,
  listTabs,
  openSession,
  openTab,
  type PaySession,
  topUpTab,
  type TransactionStep,
  type Wallet,
} from "@tickstream/sdk";

/** Money in tabs: what can be spent or come back now, and what open channels have set aside. */
export interface TabMoney {
  free: Planck;
  setAside: Planck;
}

/** What the page asks of payment, in its own words: the one file that knows the SDK's entry points. */
export interface Payments {
  /** What the account's tabs on this device have; null where it has none. */
  tabOf(address: string): Promise<TabMoney | null>;
  openSession(options: {
    stream: string;
    wallet: Wallet;
    /** For a new tab, where one is needed. */
    deposit: Planck | undefined;
    limit: Planck;
    signal: AbortSignal;
    onStep: (step: string) => void;
  }): Promise<PaySession>;
  /** Adds to the account's tab on this device. */
  topUp(options: { wallet: Wallet; amount: Planck; onStep: (step: string) => void }): Promise<void>;
  /** Closes the account's tabs of this device; answers what came back at once. */
  closeTabs(options: { wallet: Wallet; onStep: (step: string) => void }): Promise<Planck>;
}

const STEPS: Record<TransactionStep, string> = {
  connecting: "Connecting to the chain…",
  "waiting-for-wallet": "Your wallet is busy with another request…",
  signing: "Your wallet asks you to sign…",
  broadcast: "Sent. Waiting for a block (some seconds)…",
  "in-block": "It is in a block. Opening the stream…",
  finalized: "It is final.",
};

const client = createClient({ node: location.origin });

export const payments: Payments = {
  async tabOf(owner) {
    const tabs = (await listTabs({ client, owner })).filter((tab) => !tab.closed);
    if (tabs.length === 0) return null;
    return { free: sum(tabs.map((tab) => tab.free)), setAside: sum(tabs.map((tab) => tab.setAside)) };
  },
  openSession({ onStep, ...options }) {
    return openSession({ client, ...options, onStep: (step) => onStep(STEPS[step]) });
  },
  async topUp({ wallet, amount, onStep }) {
    const open = (await listTabs({ client, owner: wallet.address })).find(({ closed }) => !closed);
    const options = { client, wallet, onStep: (step: TransactionStep) => onStep(STEPS[step]) };
    if (open) await topUpTab({ ...options, tab: open.tab, amount });
    else await openTab({ ...options, deposit: amount });
  },
  async closeTabs({ wallet, onStep }) {
    const tabs = await listTabs({ client, owner: wallet.address });
    const returned: Planck[] = [];
    for (const { tab, closed } of tabs) {
      if (!closed)
        returned.push(await closeTab({ client, wallet, tab, onStep: (step) => onStep(STEPS[step]) }));
    }
    return sum(returned);
  },
};

export { createPlayer };

function sum(amounts: Planck[]): Planck {
  return planck(amounts.reduce((total, amount) => total + amount, 0n));
}
