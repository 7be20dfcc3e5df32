// SPDX-License-Identifier: Apache-2.0
import { DIALOG_STYLE } from "./dialog-style.ts";

/** What somebody is asked to sign. */
export interface Request {
  /** How the page introduced itself. */
  origin: string;
  account: string;
  title: string;
  details: [label: string, value: string][];
}

/**
 * Asks, in a dialog that can't be taken for a real wallet's. Enter signs, Escape declines. Stands in a shadow root: the page's
 * styles don't reach it.
 *
 * @throws Error "Cancelled", the word extensions use, when the person says no
 */
export async function confirmInDialog(request: Request): Promise<void> {
  const host = document.createElement("tickstream-development-wallet");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(DIALOG_STYLE);
  root.adoptedStyleSheets = [sheet];
  const dialog = element("dialog", { "aria-labelledby": "title" });
  dialog.append(element("div", { class: "banner" }, "Development wallet: play money"), body(request));
  root.append(dialog);
  document.body.append(host);
  try {
    await new Promise<void>((resolve, reject) => {
      dialog.addEventListener("close", () => {
        if (dialog.returnValue === "sign") resolve();
        else reject(new Error("Cancelled"));
      });
      dialog.showModal();
    });
  } finally {
    host.remove();
  }
}

function body({ origin, account, title, details }: Request): HTMLElement {
  const list = element("dl", { tabindex: "0", "aria-label": "What is signed" });
  for (const [label, value] of [
    ["Account", account],
    ["Asked by", `${origin} (${location.origin})`],
    ...details,
  ]) {
    list.append(
      element("dt", {}, label),
      element("dd", value?.startsWith("0x") ? { class: "code" } : {}, value),
    );
  }
  const sign = element("button", { value: "sign" }, "Sign");
  sign.autofocus = true;
  const buttons = element("form", { method: "dialog", class: "buttons" });
  buttons.append(element("button", { value: "cancel" }, "Cancel"), sign);
  const inner = element("div", { class: "body" });
  inner.append(element("h2", { id: "title" }, title), list, buttons);
  return inner;
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string>,
  text = "",
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.textContent = text;
  return made;
}
