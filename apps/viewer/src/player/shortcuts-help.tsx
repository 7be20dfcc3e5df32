// SPDX-License-Identifier: Apache-2.0
import { Kbd, Stack, Switch, Table } from "@mantine/core";
import { useT } from "@tickstream/ui";
import { Dialog } from "@tickstream/ui/dialog";
import { SHORTCUTS } from "./shortcuts.ts";

const ARROWS: Readonly<Record<string, string>> = { ArrowUp: "↑", ArrowDown: "↓" };

/** Which key does what, and the way to turn them off (WCAG 2.2, 2.1.4). */
export function ShortcutsHelp(props: {
  enabled: boolean;
  setEnabled: (on: boolean) => void;
  /** Full screen shows nothing outside of its element. */
  within?: HTMLElement;
  onClose: () => void;
}) {
  const { enabled, setEnabled, within, onClose } = props;
  const t = useT();
  return (
    <Dialog title={t("viewer.shortcuts")} within={within} onClose={onClose}>
      <Stack>
        <Table>
          <Table.Tbody>
            {SHORTCUTS.map(({ keys, does }) => (
              <Table.Tr key={does}>
                <Table.Td>
                  {keys.map((key) => (
                    <Kbd key={key} mr={4}>
                      {key === " " ? t("viewer.key-space") : (ARROWS[key] ?? key.toUpperCase())}
                    </Kbd>
                  ))}
                </Table.Td>
                <Table.Td>{t(`viewer.key-${does}`)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Switch
          label={t("viewer.shortcuts-on")}
          checked={enabled}
          onChange={(event) => setEnabled(event.currentTarget.checked)}
        />
      </Stack>
    </Dialog>
  );
}
