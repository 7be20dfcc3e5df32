// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { TickstreamError } from "@tickstream/contracts-types";

/** ffmpeg did not do what it was asked for. Codes `ffmpeg-failed`, `ffmpeg-timeout`, `ffmpeg-busy`, `ffmpeg-stopped`. */
class FfmpegError extends TickstreamError {
  override readonly name = "FfmpegError";
}

export interface FfmpegRunnerOptions {
  /** Path of the program. */
  path: string;
  /** Processes at a time. */
  maxProcesses?: number;
  /** Calls that may wait for one. */
  maxWaiting?: number;
  timeoutMs?: number;
  /** Most bytes that one may write. */
  maxOutput?: number;
}

/** Runs ffmpeg for small jobs: something in, something out. */
export interface FfmpegRunner {
  /**
   * @param input what it reads at `pipe:0`
   * @returns what it wrote to `pipe:1`, and the last of what it said
   * @throws {@link FfmpegError}
   */
  run(args: readonly string[], input: Uint8Array): Promise<{ output: Buffer; said: string }>;
  /** Ends those that run, and takes no more. */
  stop(): Promise<void>;
}

const MAX_SAID = 16_384;

export function createFfmpegRunner(options: FfmpegRunnerOptions): FfmpegRunner {
  const { maxProcesses = 1, maxWaiting = 64 } = options;
  const waiting: { begin(): void; giveUp(error: FfmpegError): void }[] = [];
  const running = new Set<{ kill(): void; ended: Promise<unknown> }>();
  let free = maxProcesses;
  let stopped = false;

  const turn = async (): Promise<void> => {
    if (stopped) throw stoppedError();
    if (free > 0) {
      free--;
      return;
    }
    if (waiting.length >= maxWaiting) throw new FfmpegError("ffmpeg-busy", "Too much waits for ffmpeg.");
    await new Promise<void>((begin, giveUp) => waiting.push({ begin, giveUp }));
  };
  /** Whoever waits longest goes on in the place of who is done. */
  const done = (): void => {
    const next = waiting.shift();
    if (next) next.begin();
    else free++;
  };

  return {
    async run(args, input) {
      await turn();
      if (stopped) throw stoppedError();
      const job = begin(options, args, input);
      running.add(job);
      try {
        return await job.ended;
      } finally {
        running.delete(job);
        done();
      }
    },
    async stop() {
      stopped = true;
      for (const call of waiting.splice(0)) call.giveUp(stoppedError());
      const jobs = [...running];
      for (const job of jobs) job.kill();
      await Promise.allSettled(jobs.map(({ ended }) => ended));
    },
  };
}

function stoppedError(): FfmpegError {
  return new FfmpegError("ffmpeg-stopped", "The node is stopping.");
}

function begin(
  { path, timeoutMs = 10_000, maxOutput = 4 << 20 }: FfmpegRunnerOptions,
  args: readonly string[],
  input: Uint8Array,
): { kill(): void; ended: Promise<{ output: Buffer; said: string }> } {
  const child = spawn(path, ["-hide_banner", "-nostdin", ...args], { stdio: "pipe" });
  const chunks: Buffer[] = [];
  let [size, said] = [0, ""];
  let failure: FfmpegError | undefined;
  const fail = (error: FfmpegError): void => {
    failure ??= error;
    child.kill("SIGKILL");
  };
  const timer = setTimeout(() => fail(new FfmpegError("ffmpeg-timeout", "ffmpeg took too long.")), timeoutMs);
  child.stdout.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxOutput) fail(new FfmpegError("ffmpeg-failed", "ffmpeg wrote more than it should."));
    else chunks.push(chunk);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said = (said + chunk).slice(-MAX_SAID)));
  // It may have seen enough, and close its input early: what matters is how it ends.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const ended = new Promise<{ output: Buffer; said: string }>((resolve, reject) => {
    child.once("error", (cause) => {
      clearTimeout(timer);
      reject(new FfmpegError("ffmpeg-failed", "ffmpeg cannot be run.", { cause }));
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      if (failure) reject(failure);
      else if (code === 0) resolve({ output: Buffer.concat(chunks), said });
      else reject(new FfmpegError("ffmpeg-failed", "ffmpeg failed.", { details: said.trim().slice(-300) }));
    });
  });
  return { kill: () => fail(stoppedError()), ended };
}
