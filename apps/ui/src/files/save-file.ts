// SPDX-License-Identifier: Apache-2.0

/** Hands a file to the browser's downloads. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the blob by the next task.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
