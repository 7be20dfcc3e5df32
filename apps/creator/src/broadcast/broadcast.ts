// SPDX-License-Identifier: Apache-2.0
import {
  type AudioLevel,
  captureCamera,
  captureMicrophone,
  captureScreen,
  DEFAULT_ENCODING,
  type Encoding,
  type PictureInPictureLayout,
  type Publisher,
  type PublisherOptions,
  type PublisherState,
  type PublishStats,
} from "@tickstream/sdk";
import { createProgram, type Program, type Scene, type Source } from "./program.ts";

export interface BroadcastView {
  scene: Scene;
  /** Whether anything is captured: then there is a preview. */
  capturing: boolean;
  /** A device is being asked for. */
  starting: boolean;
  /** Of the devices in use; empty is the browser's choice. `null`: no microphone. */
  cameraId: string;
  microphoneId: string | null;
  /** The person agreed to share a screen and its sound is in the mix. */
  screenAudio: boolean;
  layout: PictureInPictureLayout;
  encoding: Encoding;
  muted: boolean;
  /** The stream it is sent as, while it is. */
  stream: string | null;
  state: PublisherState | { name: "idle" };
  since: Date | null;
  stats: PublishStats | null;
  /** What failed last. */
  error: unknown;
}

type Credential = Pick<PublisherOptions, "client" | "stream"> & ({ streamKey: string } | { login: Login });
type Login = Extract<PublisherOptions, { login: unknown }>["login"];

/**
 * What this browser sends: captures, mixes, previews, publishes. One a page, and it outlives the pages inside it: a
 * creator who looks at their earnings stays on air.
 */
export class Broadcast {
  readonly #program: Program = createProgram();
  readonly #listeners = new Set<() => void>();
  #publisher: Publisher | null = null;
  #view: BroadcastView = {
    scene: "camera",
    capturing: false,
    starting: false,
    cameraId: "",
    microphoneId: "",
    screenAudio: false,
    layout: { corner: "bottom-right", size: 0.25, mirrored: true },
    encoding: DEFAULT_ENCODING,
    muted: false,
    stream: null,
    state: { name: "idle" },
    since: null,
    stats: null,
    error: undefined,
  };

  constructor() {
    this.#program.onSourceEnded((source) => void this.#sourceEnded(source));
  }

  get view(): BroadcastView {
    return this.#view;
  }

  /** What viewers get to see; `null` before anything is captured. */
  get picture(): MediaStreamTrack | null {
    return this.#program.picture;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  level(): AudioLevel | null {
    return this.#program.level();
  }

  /** Shows a scene, and asks for what it needs and is not there yet. While live, viewers see a cut. */
  async show(scene: Scene): Promise<void> {
    await this.#change(async () => {
      const { cameraId, microphoneId, encoding } = this.#view;
      // The screen first: browsers grant it only right after a click.
      if (scene !== "camera" && !this.#program.has("screen")) {
        this.#program.setScreen(await captureScreen({ frameRate: encoding.frameRate }));
      }
      if (scene !== "screen" && !this.#program.has("camera")) {
        this.#program.setCamera(await captureCamera(this.#wantedPicture(cameraId)));
      }
      if (microphoneId !== null && !this.#program.has("microphone")) {
        this.#program.setMicrophone(await captureMicrophone({ deviceId: microphoneId }));
      }
      await this.#program.show(scene);
      await this.#sendPicture();
      this.#update({ scene, capturing: true, screenAudio: this.#program.hasScreenAudio });
    });
  }

  async chooseCamera(deviceId: string): Promise<void> {
    await this.#change(async () => {
      this.#program.setCamera(await captureCamera(this.#wantedPicture(deviceId)));
      await this.#program.show(this.#view.scene);
      await this.#sendPicture();
      this.#update({ cameraId: deviceId });
    });
  }

  /** @param deviceId `null`: none */
  async chooseMicrophone(deviceId: string | null): Promise<void> {
    await this.#change(async () => {
      this.#program.setMicrophone(deviceId === null ? null : await captureMicrophone({ deviceId }));
      this.#update({ microphoneId: deviceId });
    });
  }

  /** Asks for another screen, window or tab. */
  async chooseScreen(): Promise<void> {
    await this.#change(async () => {
      this.#program.setScreen(await captureScreen({ frameRate: this.#view.encoding.frameRate }));
      await this.#program.show(this.#view.scene);
      await this.#sendPicture();
      this.#update({ screenAudio: this.#program.hasScreenAudio });
    });
  }

  setLayout(change: Partial<PictureInPictureLayout>): void {
    const layout = { ...this.#view.layout, ...change };
    this.#program.setLayout(layout);
    this.#update({ layout });
  }

  setMuted(muted: boolean): void {
    this.#program.setMuted(muted);
    this.#update({ muted });
  }

  async setEncoding(change: Partial<Encoding>): Promise<void> {
    await this.#change(async () => {
      this.#update({ encoding: { ...this.#view.encoding, ...change } });
      await this.#publisher?.setEncoding(change);
    });
  }

  /** Sends what is previewed. */
  async goLive(target: Credential): Promise<void> {
    const { picture, sound } = this.#program;
    if (!picture || this.#publisher || this.#view.state.name === "connecting") return;
    this.#update({ error: undefined, stream: target.stream, state: { name: "connecting" } });
    try {
      const { createPublisher } = await import("@tickstream/sdk");
      const publisher = await createPublisher({
        ...target,
        source: new MediaStream([picture, sound]),
        encoding: this.#view.encoding,
      });
      this.#publisher = publisher;
      publisher.on("state", (state) => this.#update({ state }));
      publisher.on("stats", (stats) => this.#update({ stats }));
      this.#update({ state: publisher.state, since: new Date() });
      // What was switched while it connected.
      await this.#sendPicture();
    } catch (error) {
      this.#update({ error, state: { name: "idle" }, stream: null });
    }
  }

  /** Ends the broadcast; the preview goes on. */
  async stopLive(): Promise<void> {
    const publisher = this.#publisher;
    this.#publisher = null;
    await publisher?.stop();
    this.#update({ state: { name: "idle" }, stream: null, since: null, stats: null });
  }

  /** Ends everything and lets go of the devices. */
  async stop(): Promise<void> {
    await this.stopLive();
    this.#program.release();
    this.#update({ capturing: false, screenAudio: false, error: undefined });
  }

  #wantedPicture(deviceId: string) {
    const { height, frameRate } = this.#view.encoding;
    return { deviceId, height, width: Math.round((height * 16) / 9), frameRate };
  }

  async #sendPicture(): Promise<void> {
    const { picture } = this.#program;
    if (picture && this.#publisher) await this.#publisher.replaceVideo(picture);
    this.#program.tidy();
  }

  /** On with what is left: the browser's own choice of a device, or the camera where a screen was. */
  async #sourceEnded(source: Source): Promise<void> {
    if (source === "microphone") return this.chooseMicrophone("");
    if (source === "camera") return this.chooseCamera("");
    if (this.#view.scene === "camera") return;
    if (this.#program.has("camera") || this.#publisher) await this.show("camera");
    else await this.stop();
  }

  async #change(work: () => Promise<void>): Promise<void> {
    this.#update({ starting: true, error: undefined });
    try {
      await work();
    } catch (error) {
      this.#update({ error });
    } finally {
      this.#update({ starting: false });
    }
  }

  #update(change: Partial<BroadcastView>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }
}
