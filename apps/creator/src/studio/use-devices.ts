// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import { type CaptureDevice, listDevices, onDevicesChanged } from "@tickstream/sdk";
import { useEffect } from "react";

/**
 * Cameras and microphones, as they come and go.
 *
 * @param capturing whether a device is in use: their names are known only once one of their kind was allowed
 */
export function useDevices(capturing: boolean): readonly CaptureDevice[] {
  const { data = [], refetch } = useQuery({ queryKey: ["devices", capturing], queryFn: listDevices });
  useEffect(() => onDevicesChanged(() => void refetch()), [refetch]);
  return data;
}
