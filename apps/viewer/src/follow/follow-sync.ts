// SPDX-License-Identifier: Apache-2.0
import {
  type CreatorLogin,
  follow,
  type InjectedWallet,
  listFollows,
  logIn,
  type TickstreamClient,
  unfollow,
} from "@tickstream/sdk";
import { followStore } from "./follow-store.ts";
import { mergeFollows } from "./merge-follows.ts";

/** Signed in for as long as the page is open: the token is kept nowhere else. */
let login: CreatorLogin | undefined;

/** The login of this account, while it is good. */
function loginOf(account: string): CreatorLogin | undefined {
  const isGood = login?.address === account && Date.parse(login.expiresAt) > Date.now();
  return isGood ? login : undefined;
}

/** Brings this browser's list and that of the wallet's account at the node together; signs in where need be. */
export async function synchroniseFollows(client: TickstreamClient, wallet: InjectedWallet): Promise<void> {
  const current = loginOf(wallet.address) ?? (login = await logIn({ client, wallet }));
  const there = await listFollows({ client, login: current });
  const before = followStore.keptWith(wallet.address);
  const { all, add, remove } = mergeFollows({ here: followStore.all(), there, before });
  for (const creator of add) await follow({ client, login: current, creator });
  for (const creator of remove) await unfollow({ client, login: current, creator });
  followStore.replace(all);
  followStore.setKeptWith(wallet.address, all);
}

/** Tells the node whether a creator is followed now, where the account is signed in. */
export async function tellNode(client: TickstreamClient, creator: string, account: string): Promise<void> {
  const current = loginOf(account);
  if (current === undefined) return;
  const isFollowed = followStore.all().includes(creator);
  await (isFollowed ? follow : unfollow)({ client, login: current, creator });
  const kept = followStore.keptWith(account).filter((one) => one !== creator);
  followStore.setKeptWith(account, isFollowed ? [creator, ...kept] : kept);
}
