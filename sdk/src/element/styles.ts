// SPDX-License-Identifier: Apache-2.0

/** The element's own look: the page around it can set the custom properties, and nothing else of it. */
export const STYLES = `
:host {
  --ts-accent: var(--tickstream-accent, #087a57);
  --ts-ink: #16161d;
  --ts-paper: #ffffff;
  --ts-muted: #5c5c6b;
  --ts-line: #d9d9e3;
  display: block;
  position: relative;
  container-type: inline-size;
  aspect-ratio: 16 / 9;
  overflow: hidden;
  border-radius: var(--tickstream-radius, 12px);
  background: #000;
  color: var(--ts-ink);
  font: 15px/1.4 system-ui, sans-serif;
}
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) {
  :host { --ts-accent: var(--tickstream-accent, #5fdcac); --ts-ink: #f4f4f8; --ts-paper: #1c1c26; --ts-muted: #b0b0c0; --ts-line: #3a3a4a; }
}
video { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
[hidden] { display: none !important; }
button, a.button {
  font: inherit; font-weight: 600; color: inherit; cursor: pointer; text-decoration: none;
  border: 1px solid var(--ts-line); border-radius: 8px; padding: 8px 16px; background: transparent;
}
button.primary { background: var(--ts-accent); border-color: transparent; color: #fff; }
/* White or black, whichever reads better on the accent, which may be the page's. */
@supports (color: oklch(from #fff l 0 0)) {
  button.primary { color: oklch(from var(--ts-accent) clamp(0, (0.62 - l) * 999, 1) 0 0); }
}
:focus-visible { outline: 3px solid var(--ts-accent); outline-offset: 2px; }
.panel {
  position: absolute; inset: 0; display: grid; place-content: center; justify-items: center; gap: 8px;
  padding: 16px; background: rgb(0 0 0 / 55%) center / cover no-repeat;
}
.card {
  display: grid; gap: 8px; justify-items: center; text-align: center; max-width: min(32em, 100%); max-height: 100%; overflow: auto;
  box-sizing: border-box; padding: 16px 24px; border-radius: 12px; background: var(--ts-paper);
}
.card h2, .card p { margin: 0; }
.card h2 { font-size: 18px; }
.card .note { color: var(--ts-muted); font-size: 13px; }
.choices { display: flex; flex-wrap: wrap; gap: 8px; justify-content: center; }
.choices img { inline-size: 20px; block-size: 20px; vertical-align: -4px; margin-inline-end: 8px; }
.bar {
  position: absolute; inset: auto 0 0; display: flex; align-items: center; gap: 4px; padding: 24px 8px 8px; color: #fff;
  background: linear-gradient(transparent, rgb(0 0 0 / 75%)); transition: opacity 0.2s;
}
.bar button { border-color: transparent; padding: 8px; min-inline-size: 40px; }
.bar button:hover { background: rgb(255 255 255 / 18%); }
.bar .live[aria-disabled="true"] { cursor: default; }
.bar .live::before { content: ""; display: inline-block; inline-size: 8px; block-size: 8px; margin-inline-end: 6px; border-radius: 50%; background: #a0a0a8; }
.bar .live[aria-disabled="true"]::before { background: #ff4d4f; }
.bar .meter { margin-inline-start: auto; font-variant-numeric: tabular-nums; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bar svg { display: block; inline-size: 20px; block-size: 20px; fill: currentColor; }
:host([idle]) .bar { opacity: 0; }
:host(:focus-within) .bar, :host(:hover) .bar { opacity: 1; }
.notice {
  position: absolute; inset: 8px 8px auto; display: flex; flex-wrap: wrap; gap: 8px; align-items: center; justify-content: space-between;
  padding: 8px 16px; border-radius: 8px; background: var(--ts-paper);
}
@container (max-width: 420px) {
  .panel { padding: 8px; }
  .card { padding: 8px 12px; gap: 6px; font-size: 14px; }
  .card h2 { font-size: 16px; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
  .card button, .card a.button, .notice button { padding: 6px 12px; }
  .notice { padding: 6px 12px; font-size: 14px; }
  .bar .stop { display: none; }
}
@media (prefers-reduced-motion: reduce) { .bar { transition: none; } }
`;
