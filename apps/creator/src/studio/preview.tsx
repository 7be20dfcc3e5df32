// SPDX-License-Identifier: Apache-2.0
import { Text } from "@mantine/core";
import { useT } from "@tickstream/ui";
import { useEffect, useRef } from "react";

/** What viewers get to see, as it is sent: never mirrored, never with sound. */
export function Preview({ picture }: { picture: MediaStreamTrack | null }) {
  const t = useT();
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = picture && new MediaStream([picture]);
    return () => {
      element.srcObject = null;
    };
  }, [picture]);
  return (
    <div className="preview">
      <video ref={video} muted autoPlay playsInline aria-label={t("creator.preview")} hidden={!picture} />
      {!picture && <Text className="preview-empty">{t("creator.preview-empty")}</Text>}
    </div>
  );
}
