// SPDX-License-Identifier: Apache-2.0

/** Leads to the first field that has something wrong, once the form shows it: it may be far from the button that was pressed. */
export function focusFirstInvalid(form: HTMLElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
