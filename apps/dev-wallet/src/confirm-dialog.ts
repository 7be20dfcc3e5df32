// SPDX-License-Identifier: Apache-2.0

/** What somebody is asked to sign. */
export interface Request {
  origin: string;
  account: string;
  title: string;
  details: [label: string, value: string][];
}

const STYLE = `
  dialog { width: min(26rem, calc(100vw - 2rem)); box-sizing: border-box; padding: 0; border: 1px solid #8888; border-radius: 12px;
    font: 15px/1.45 system-ui, sans-serif; color: CanvasText; background: Canvas; color-scheme: light dark; }
  dialog::backdrop { background: #0008; }
  .banner { background: #e8590c; color: #fff; font-weight: 700; padding: .5rem 1rem; }
  .body { padding: 1rem; }
  h2 { font-size: 1.1rem; margin: 0 0 .6rem; }
  dt { font-size: .8rem; opacity: .7; margin-top: .6rem; }
  dd { margin: 0; overflow-wrap: anywhere; max-height: 7.5em; overflow: auto; }
  dd.code { font-family: ui-monospace, monospace; font-size: .85rem; }
  .buttons { display: flex; justify-content: flex-end; gap: .6rem; margin-top: 1.1rem; }
  button { font: inherit; padding: .5rem 1.1rem; border-radius: 8px; border: 1px solid #8888; background: transparent; color: inherit; cursor: pointer; }
  button[value=sign] { background: #e8590c; border-color: #e8590c; color: #fff; font-weight: 600; }
`;

/**
 * Asks, in a dialog that can't be taken for a real wallet's. Stands in a shadow root: the page's styles don't reach it.
 * @throws Error "Cancelled", the word extensions use, when the person says no
 */
export async function confirmSignature(request: Request): Promise<void> {
  const host = document.createElement("tickstream-development-wallet");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const dialog = element("dialog", { "aria-labelledby": "title" });
  const details = element("dl");
  for (const [label, value] of [
    ["Account", request.account],
    ["Asked by", request.origin],
    ...request.details,
  ] as const) {
    const shown = element("dd", value.startsWith("0x") ? { class: "code" } : {});
    shown.textContent = value;
    const term = element("dt");
    term.textContent = label;
    details.append(term, shown);
  }
  const banner = element("div", { class: "banner" });
  banner.textContent = "Development wallet: play money";
  const title = element("h2", { id: "title" });
  title.textContent = request.title;
  const form = element("form", { method: "dialog", class: "buttons" });
  for (const [value, label] of [
    ["cancel", "Cancel"],
    ["sign", "Sign"],
  ] as const) {
    const button = element("button", { value });
    button.textContent = label;
    if (value === "sign") button.autofocus = true;
    form.append(button);
  }
  const body = element("div", { class: "body" });
  body.append(title, details, form);
  dialog.append(banner, body);
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

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string> = {},
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}
