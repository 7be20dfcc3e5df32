// SPDX-License-Identifier: Apache-2.0
// Makes the apps' PNG icons of their one SVG: `node tests/pictures/make-icons.ts`. They are committed, since a build has no browser.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startChromium } from "../support/browser/chromium.ts";
import { inRepository } from "../support/system/repository.ts";

/** Systems may cut a maskable icon down to the circle in its middle 80 %. */
const ICONS = [
  { name: "icon-192", size: 192, inset: 0 },
  { name: "icon-512", size: 512, inset: 0 },
  { name: "maskable-512", size: 512, inset: 0.14 },
];
const GROUND = "#12171d";

const folders = ["viewer", "creator"].map((app) => inRepository(`apps/${app}/public/icons`));
const svg = await readFile(inRepository("apps/viewer/public/favicon.svg"), "utf8");
for (const folder of folders) await mkdir(folder, { recursive: true });
const browser = await startChromium();
try {
  const page = await browser.context.newPage();
  for (const { name, size, inset } of ICONS) {
    await page.setViewportSize({ width: size, height: size });
    const ground = inset > 0 ? GROUND : "transparent";
    const padding = Math.round(size * inset);
    await page.setContent(
      `<style>*{margin:0}body{background:${ground};padding:${padding}px}svg{display:block;width:${size - 2 * padding}px}</style>${svg}`,
    );
    const icon = await page.screenshot({ omitBackground: inset === 0 });
    for (const folder of folders) await writeFile(join(folder, `${name}.png`), icon);
  }
} finally {
  await browser.close();
}
