// SPDX-License-Identifier: Apache-2.0
import type { NodeInfo, StreamDetail } from "@tickstream/contracts-types";
import { Loading, Problem, useNode, useT } from "@tickstream/ui";
import type { ReactNode } from "react";
import { useStream } from "./use-streams.ts";

/** Shows what it is given once the stream and the node are known; till then what is under way, or what went wrong. */
export function WithStream(props: {
  id: string;
  children: (stream: StreamDetail, node: NodeInfo) => ReactNode;
}) {
  const t = useT();
  const stream = useStream(props.id);
  const node = useNode();
  const failed = [stream, node].find((query) => query.isError && !query.data);
  if (failed) {
    return (
      <Problem
        error={failed.error}
        action={{ label: t("common.retry"), onClick: () => void failed.refetch() }}
      />
    );
  }
  if (!stream.data || !node.data) return <Loading />;
  return props.children(stream.data, node.data);
}
