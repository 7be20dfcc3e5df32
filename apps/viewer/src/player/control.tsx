// SPDX-License-Identifier: Apache-2.0
import { ActionIcon, Tooltip } from "@mantine/core";
import type { ComponentPropsWithRef, ReactNode } from "react";

/** One button of the bar, named for who can't see it and with its key for who can. */
export function Control(
  props: { label: string; icon: ReactNode; shortcut?: string } & Pick<
    ComponentPropsWithRef<"button">,
    "ref" | "onClick" | "aria-disabled"
  >,
) {
  const { label, icon, shortcut, onClick, "aria-disabled": disabled, ...rest } = props;
  return (
    <Tooltip label={shortcut ? `${label} (${shortcut})` : label} withinPortal={false}>
      <ActionIcon
        {...rest}
        className="control"
        variant="transparent"
        size={40}
        aria-label={label}
        {...(disabled ? { "aria-disabled": true } : { onClick })}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
