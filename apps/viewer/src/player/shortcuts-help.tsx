// SPDX-License-Identifier: Apache-2.0
import { Kbd, Modal, Stack, Switch, Table } from "@mantine/core";
import { useT } from "@tickstream/ui";
import { SHORTCUTS } from "./shortcuts.ts";

const NAMES: Readonly<Record<string, string>> = { " ": "␣", ArrowUp: "↑", ArrowDown: "↓" };

/** Which key does what, and the way to turn them off (WCAG 2.2, 2.1.4). */
export function ShortcutsHelp(props: {
  enabled: boolean;
  setEnabled: (on: boolean) => void;
  onClose: () => void;
}) {
  const { enabled, setEnabled, onClose } = props;
  const t = useT();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("viewer.shortcuts")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Stack>
        <Table>
          <Table.Tbody>
            {SHORTCUTS.map(({ keys, does }) => (
              <Table.Tr key={does}>
                <Table.Td>
                  {keys.map((key) => (
                    <Kbd key={key} mr={4}>
                      {NAMES[key] ?? key.toUpperCase()}
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
    </Modal>
  );
}
