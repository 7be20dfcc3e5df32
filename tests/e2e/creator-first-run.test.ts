// SPDX-License-Identifier: Apache-2.0
// A creator's first two minutes, and the evening after: in real Chromium, in the studio that a real node serves, on a real chain,
// with a wallet that behaves as extensions do.
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser/accessibility.ts";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import { type HeadlessViewer, startHeadlessViewer } from "../support/money/headless-viewer.ts";
import { type PageCreator, startPageCreator, STUDIO } from "../support/browser/page-creator.ts";
import { startSystem, type TestSystem } from "../support/system/system.ts";
import { VIEWER_SETTINGS } from "../support/browser/viewer-steps.ts";

const UNIT = 10n ** 12n;
/** 0.06 UNIT a minute, by the second. */
const RATE = UNIT / 1_000n;

let system: TestSystem;
let creator: PageCreator;
let stream: string;

beforeAll(async () => {
  // Both apps, as any node serves them: the offline shell is of both.
  system = await startSystem({ node: { appsDir: VIEWER_SETTINGS.appsDir, studioDir: STUDIO } });
  creator = await startPageCreator({ node: system.node.url, account: "Bob" });
}, 180_000);

afterAll(async () => {
  await creator?.close();
  await system?.stop();
}, 120_000);

const shown = (testId: string): Promise<string> => creator.page.getByTestId(testId).innerText();

/** `1.882 UNIT` as plancks. */
function plancks(text: string): bigint {
  const [, whole = "", fraction = ""] = /([0-9]+)(?:\.([0-9]+))? UNIT/.exec(text) ?? [];
  return BigInt(whole + fraction.padEnd(12, "0"));
}

test("the welcome says what it is, and nothing of chain or video is loaded for it", async () => {
  const loaded: string[] = [];
  creator.page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  await creator.open("/");
  await creator.page.getByRole("heading", { level: 1 }).waitFor();
  expect(await accessibilityProblems(creator.page)).toEqual([]);
  for (const word of ["signal", "whip", "publisher", "chart", "studio-page", "earnings-page"]) {
    expect(loaded.filter((path) => path.endsWith(".js") && path.includes(word))).toEqual([]);
  }
}, 60_000);

test("a form that is not right says so at each field, and asks for no signature", async () => {
  const { page, wallet } = creator;
  await page.getByRole("link", { name: "Set up a stream" }).click();
  await creator.connectWallet();
  await page.getByLabel("Price per minute").fill("much");
  await page.getByRole("button", { name: "Add a guest" }).click();
  await page.getByLabel("Guest 1: address").fill("nobody");
  await page.getByLabel("Guest 1: percent").fill("99");
  await page.getByRole("button", { name: "Sign and open the studio" }).click();
  for (const said of ["Give it a title.", "Enter an amount in UNIT", "This is no address.", "take 4% away"]) {
    await page.getByText(said).waitFor();
  }
  expect(wallet.messages.filter(({ message }) => /sign\)/.test(message))).toEqual([]);
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Remove guest 1" }).click();
}, 60_000);

test("a wallet that says no loses nothing; then one transaction is signed, and the studio opens", async () => {
  const { page, wallet } = creator;
  wallet.person = (question) => (question.kind === "sign-payload" ? question.cancel() : question.approve());
  await page.getByLabel("Title").fill("Piano in the evening");
  await page.getByLabel("Price per minute").fill("0.06");
  await page.getByText("3.6 UNIT an hour").waitFor();
  await page.getByRole("button", { name: "Sign and open the studio" }).click();
  await page.getByRole("alert").getByText("You didn't sign.").waitFor();

  wallet.person = (question) => question.approve();
  const started = Date.now();
  stream = await creator.setUpStream({ title: "Piano in the evening", perMinute: "0.06" });
  expect(Date.now() - started).toBeLessThan(120_000);
  const asked = wallet.messages.map(({ message }) => message);
  expect(asked.filter((message) => message === "pub(extrinsic.sign)")).toHaveLength(2);
  // The registration is the login as well: no message is signed besides.
  expect(asked.filter((message) => message === "pub(bytes.sign)")).toEqual([]);

  const detail = (await (await fetch(`${system.node.url}/api/streams/${stream}`)).json()) as {
    rate: string;
    operatorShare: number;
  };
  expect(BigInt(detail.rate)).toBe(RATE);
  expect(detail.operatorShare).toBe(50_000_000);
  await page.getByRole("button", { name: "Turn on camera" }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
}, 180_000);

test("live from the camera: a viewer pays, and each figure comes to what the chain says", async () => {
  const { page } = creator;
  await creator.goLive();
  await system.untilLive({ playlistUrl: `${system.node.url}/live/${stream}/index.m3u8` }, 60_000);
  const viewer = await startHeadlessViewer({
    node: system.node.url,
    stream: BigInt(stream),
    suri: "//Dave",
    limit: UNIT,
    deposit: 2n * UNIT,
    api: system.api,
  });
  await paysFor(viewer, 8);
  await expect.poll(() => shown("viewers"), { timeout: 30_000 }).toBe("1");
  await expect
    .poll(async () => Number(await shown("ticks-per-second")), { timeout: 30_000 })
    .toBeGreaterThan(0);
  await page.getByText("Browser (WebRTC)").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await viewer.leave();

  const paid = Math.max(...viewer.paid.values());
  const total = BigInt(paid) * RATE;
  await expect
    .poll(async () => plancks(await shown("final")), { timeout: 90_000, interval: 500 })
    .toBe(total);
  expect(plancks(await shown("pending"))).toBe(0n);
}, 240_000);

test("the picture is swapped, muted and made smaller while live, without a break", async () => {
  const { page } = creator;
  const before = system.node.log;
  await page.getByText("Screen", { exact: true }).click();
  await page.getByRole("button", { name: "Share another screen" }).waitFor();
  await page.getByText("Screen with camera", { exact: true }).click();
  await page.getByLabel("Camera in corner").selectOption("top-left");
  await page.getByLabel("Quality").selectOption("360p");
  await page.getByRole("button", { name: "Mute" }).click();
  await page.getByText("You are muted").waitFor();
  await page.getByRole("button", { name: "Unmute" }).click();
  await page.getByText("Camera", { exact: true }).first().click();
  await expect.poll(() => shown("sending"), { timeout: 60_000 }).toMatch(/640×360/);
  expect(system.node.log.slice(before.length)).not.toMatch(/publisher gone/);
  expect(await accessibilityProblems(page)).toEqual([]);
}, 120_000);

test("a creator who looks at the earnings stays on air, and finds each figure's block there", async () => {
  const { page } = creator;
  await page.getByRole("link", { name: "Earnings" }).click();
  await page.getByText("is on air from this browser").waitFor();
  await expect
    .poll(async () => plancks(await shown("total-settled")), { timeout: 60_000 })
    .toBeGreaterThan(0n);
  const event = page.locator("article").first();
  await event
    .getByText(/settled/)
    .first()
    .waitFor();
  expect(await event.getByRole("link", { name: "Show in the explorer" }).getAttribute("href")).toMatch(
    /polkadot\.js\.org\/apps\/\?rpc=ws.*#\/explorer\/query\/0x[0-9a-f]{64}$/,
  );
  for (const group of ["Stream", "Account", "Day"]) {
    await page.getByText(group, { exact: true }).last().click();
    await page.getByRole("rowheader", { name: "Together" }).waitFor();
  }
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  expect((await download).suggestedFilename()).toBe("tickstream-earnings.csv");
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("link", { name: "Back to the studio" }).click();
  await page.getByRole("button", { name: "End broadcast" }).click();
  await page.getByRole("button", { name: "Go live" }).waitFor();
}, 150_000);

test("an encoder beside it: the key is hidden, and what comes in is checked", async () => {
  const { page } = creator;
  await page.getByRole("button", { name: "Turn off" }).click();
  await page.getByText("OBS or another encoder").click();
  const field = page.getByLabel("Stream key");
  expect(await field.getAttribute("type")).toBe("password");
  const first = await field.inputValue();
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("button", { name: "Make a new key" }).click();
  await expect.poll(() => field.inputValue()).not.toBe(first);
  await page.getByRole("button", { name: "Show" }).click();
  expect(await field.getAttribute("type")).toBe("text");
  const server = await page.getByLabel("Server").inputValue();
  expect(server).toBe(`rtmp://127.0.0.1:${system.node.rtmpPort}/live`);

  const encoder: Encoder = startEncoder({ url: `${server}/${await field.inputValue()}`, bframes: 2 });
  try {
    await page.getByText("The stream has B-frames.").waitFor();
    await page.getByText("RTMP", { exact: true }).last().waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  } finally {
    await encoder.stop();
  }
}, 120_000);

test("a new price is signed, and told as what it is", async () => {
  const { page } = creator;
  await page.getByRole("link", { name: "Manage" }).click();
  await page.getByText("Nobody is watching now.").waitFor();
  expect(await page.getByLabel("Price per minute").inputValue()).toBe("0.06");
  await page.getByRole("button", { name: "Sign the new price" }).click();
  await page.getByText("That is the price it has.").waitFor();
  await page.getByLabel("Price per minute").fill("0.12");
  await page.getByRole("button", { name: "Sign the new price" }).click();
  await page.getByText("The new price stands on the chain.").waitFor();
  await expect.poll(() => shown("price-now"), { timeout: 60_000 }).toBe("Now: 0.12 UNIT a minute");
  expect(await accessibilityProblems(page)).toEqual([]);

  await page.getByLabel("Title").fill("Piano at night");
  await page.getByLabel("Tags").fill("Jazz, live music");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  const detail = await (await fetch(`${system.node.url}/api/streams/${stream}`)).json();
  expect(detail).toMatchObject({ title: "Piano at night", tags: ["jazz", "live-music"] });
}, 150_000);

test("an ended stream is listed as such, taken off the chain, and put away", async () => {
  const { page } = creator;
  await page.getByRole("button", { name: "End this stream" }).click();
  await page.getByRole("button", { name: "End it" }).click();
  const past = page.getByRole("region", { name: "Ended" });
  await past.getByText("Piano at night").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await past.getByRole("button", { name: "Take it off the chain" }).click();
  await page.getByRole("button", { name: "Sign and get the deposit back" }).click();
  await page.getByText("Retired.").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await past.getByRole("button", { name: "Archive" }).click();
  await past.getByText("Nothing here.").waitFor();
  await past.getByText("Archived", { exact: true }).click();
  await past.getByText("Piano at night").waitFor();
  expect(creator.complaints).toEqual([]);
}, 120_000);

async function paysFor(viewer: HeadlessViewer, ticks: number): Promise<void> {
  await viewer.until(() => Math.max(0, ...viewer.paid.values()) >= ticks, `${ticks} ticks paid`, 90_000);
}
