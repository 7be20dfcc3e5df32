// SPDX-License-Identifier: Apache-2.0
import type { Locale } from "../i18n/locale.ts";
import type { common } from "./en/common.ts";
import type { creator } from "./en/creator.ts";
import type { problems } from "./en/problems.ts";
import type { viewer } from "./en/viewer.ts";

/** Every text there is, as English has it: the ids, and in each text its placeholders. */
export type Catalog = typeof common & typeof problems & typeof viewer & typeof creator;

/** The app whose texts are loaded besides the common ones. */
export type App = "viewer" | "studio";

type Load = () => Promise<Record<string, Readonly<Record<string, string>>>>;

const PARTS: Record<Locale, Record<"common" | "problems" | App, Load>> = {
  en: {
    common: () => import("./en/common.ts"),
    problems: () => import("./en/problems.ts"),
    viewer: () => import("./en/viewer.ts"),
    studio: () => import("./en/creator.ts"),
  },
  de: {
    common: () => import("./de/common.ts"),
    problems: () => import("./de/problems.ts"),
    viewer: () => import("./de/viewer.ts"),
    studio: () => import("./de/creator.ts"),
  },
};

/** One language's texts for one app. */
export async function loadCatalog(locale: Locale, app: App): Promise<Record<string, string>> {
  const parts = PARTS[locale];
  const modules = await Promise.all([parts.common(), parts.problems(), parts[app]()]);
  return Object.assign({}, ...modules.flatMap((module) => Object.values(module))) as Record<string, string>;
}
