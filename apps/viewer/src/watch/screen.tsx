// SPDX-License-Identifier: Apache-2.0
import type { ReactNode, Ref } from "react";

/** The picture, and what covers it while there is none. */
export function Screen({
  ref,
  playing,
  title,
  children,
}: {
  ref: Ref<HTMLVideoElement>;
  playing: boolean;
  title: string;
  children?: ReactNode;
}) {
  return (
    <div className="screen">
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- live: captions come in the stream or not at all */}
      <video ref={ref} playsInline controls={playing} aria-label={title} />
      {children && <div className="screen-cover">{children}</div>}
    </div>
  );
}
