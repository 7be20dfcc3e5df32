// SPDX-License-Identifier: Apache-2.0
import { ActionIcon, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";

/** One button of the bar, named for who can't see it and with its key for who can. */
export function Control(props: {
  label: string;
  icon: ReactNode;
  shortcut?: string;
  disabled?: boolean;
  onClick?: () => void;
}) {
  const { label, icon, shortcut, disabled = false, onClick } = props;
  return (
    <Tooltip label={shortcut ? `${label} (${shortcut})` : label} withinPortal={false}>
      <ActionIcon
        className="control"
        variant="transparent"
        size={40}
        aria-label={label}
        aria-disabled={disabled}
        {...(onClick && !disabled && { onClick })}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
