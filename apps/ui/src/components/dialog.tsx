// SPDX-License-Identifier: Apache-2.0
import { Modal, type ModalProps } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { useT } from "../i18n/use-t.tsx";

/** A dialog that is open for as long as it is rendered. When it goes, the focus is back where it came from. */
export function Dialog(props: {
  title: string;
  size?: ModalProps["size"];
  /** Where it is drawn, if not above the whole page: full screen shows nothing outside of its element. */
  within?: HTMLElement | undefined;
  onClose: () => void;
  children: ReactNode;
}) {
  const { title, size, within, onClose, children } = props;
  const t = useT();
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (opener instanceof HTMLElement) opener.focus();
    },
    [opener],
  );
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      closeButtonProps={{ "aria-label": t("common.close") }}
      {...(size !== undefined && { size })}
      {...(within && { portalProps: { target: within } })}
    >
      {children}
    </Modal>
  );
}
