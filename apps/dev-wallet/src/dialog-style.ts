// SPDX-License-Identifier: Apache-2.0

/** The dialog's own style sheet: an orange band, so that nobody takes it for a real wallet, in light and dark. */
export const DIALOG_STYLE = `
  dialog { width: min(28rem, calc(100vw - 2rem)); max-height: calc(100vh - 2rem); box-sizing: border-box; padding: 0; border: 1px solid #8888;
    border-radius: 12px; font: 15px/1.45 system-ui, sans-serif; color: CanvasText; background: Canvas; color-scheme: light dark; }
  dialog::backdrop { background: #000a; }
  .banner { background: #b03a00; color: #fff; font-weight: 700; padding: .5rem 1rem; }
  .body { padding: 1rem; }
  h2 { font-size: 1.1rem; margin: 0 0 .6rem; overflow-wrap: anywhere; }
  dl { margin: 0; max-height: 50vh; overflow: auto; }
  dt { font-size: .85rem; margin-top: .6rem; color: color-mix(in srgb, CanvasText 75%, Canvas); }
  dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; max-height: 9em; overflow: auto; }
  dd.code { font-family: ui-monospace, monospace; font-size: .85rem; }
  .buttons { display: flex; justify-content: flex-end; gap: .6rem; margin-top: 1.1rem; }
  button { font: inherit; min-height: 44px; padding: .5rem 1.1rem; border-radius: 8px; border: 1px solid #888; background: transparent;
    color: inherit; cursor: pointer; }
  button:focus-visible, dl:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
  button[value=sign] { background: #b03a00; border-color: #b03a00; color: #fff; font-weight: 600; }
`;
