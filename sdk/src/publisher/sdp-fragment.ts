// SPDX-License-Identifier: Apache-2.0

// Trickle ICE over HTTP: what WHIP (RFC 9725, section 4.3) exchanges by PATCH as `application/trickle-ice-sdpfrag` (RFC 8840).

interface IceCredentials {
  ufrag: string;
  pwd: string;
}

/** The ICE credentials that a description begins with; all sections have the same, since they are bundled. */
function credentialsOf(sdp: string): IceCredentials | null {
  const ufrag = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
  const pwd = /^a=ice-pwd:(\S+)/m.exec(sdp)?.[1];
  return ufrag === undefined || pwd === undefined ? null : { ufrag, pwd };
}

/**
 * A fragment with candidates for the first, bundled section of a description.
 *
 * @param candidates `candidate:…` lines without their `a=`
 */
export function writeFragment(
  sdp: string,
  candidates: readonly string[],
  options: { last: boolean },
): string | null {
  const credentials = credentialsOf(sdp);
  const section = /^m=(\S+) .*$/m.exec(sdp);
  const mid = /^a=mid:(\S+)/m.exec(sdp)?.[1];
  if (!credentials || !section || mid === undefined) return null;
  const lines = [
    `a=ice-ufrag:${credentials.ufrag}`,
    `a=ice-pwd:${credentials.pwd}`,
    section[0].replace(/\r$/, ""),
    `a=mid:${mid}`,
    ...candidates.map((candidate) => `a=${candidate}`),
    ...(options.last ? ["a=end-of-candidates"] : []),
  ];
  return `${lines.join("\r\n")}\r\n`;
}

/** The answer after an ICE restart: the one before with the fragment's credentials and candidates. `null` where it has none. */
export function restartedAnswer(answer: string, fragment: string): string | null {
  const credentials = credentialsOf(fragment);
  if (!credentials) return null;
  const candidates = fragment.split(/\r?\n/).filter((line) => line.startsWith("a=candidate:"));
  const sections = answer.split(/(?=^m=)/m);
  return sections
    .map((section, index) => {
      const renewed = section
        .replace(/^a=ice-ufrag:.*$/gm, `a=ice-ufrag:${credentials.ufrag}`.replaceAll("$", "$$$$"))
        .replace(/^a=ice-pwd:.*$/gm, `a=ice-pwd:${credentials.pwd}`.replaceAll("$", "$$$$"))
        .replace(/^a=(candidate:.*|end-of-candidates)\r?\n/gm, "");
      // The description's own lines come before the first section.
      return index === 1 ? `${renewed}${candidates.map((line) => `${line}\r\n`).join("")}` : renewed;
    })
    .join("");
}
