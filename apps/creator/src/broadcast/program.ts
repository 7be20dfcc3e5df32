// SPDX-License-Identifier: Apache-2.0
import {
  type AudioLevel,
  type AudioMixer,
  composePictureInPicture,
  createAudioMixer,
  type MixerInput,
  type PictureInPicture,
  type PictureInPictureLayout,
} from "@tickstream/sdk";

/** What is in the picture. */
export type Scene = "camera" | "screen" | "both";

export type Source = "camera" | "screen" | "microphone";

/** The picture and the sound that go out, and the devices they are made of. (What a control room calls its program.) */
export interface Program {
  /** `null` before a scene was shown. */
  readonly picture: MediaStreamTrack | null;
  /** One track for the program's whole life, silent without a source. */
  readonly sound: MediaStreamTrack;
  readonly hasScreenAudio: boolean;
  has(source: Source): boolean;
  /** Each takes the track over; the one before ends at {@link tidy}. */
  setCamera(track: MediaStreamTrack): void;
  setScreen(capture: { video: MediaStreamTrack; audio: MediaStreamTrack | null }): void;
  setMicrophone(track: MediaStreamTrack | null): void;
  /** Makes the picture of what is there. */
  show(scene: Scene): Promise<void>;
  /** Ends what {@link show} and the setters replaced, once nobody is sent it any more. */
  tidy(): void;
  setLayout(layout: PictureInPictureLayout): void;
  setMuted(muted: boolean): void;
  level(): AudioLevel | null;
  /** A plug was pulled, or the person chose "stop sharing" in the browser's own bar. */
  onSourceEnded(listener: (source: Source) => void): void;
  /** Lets go of all devices. */
  release(): void;
}

export function createProgram(): Program {
  let camera: MediaStreamTrack | null = null;
  let screen: MediaStreamTrack | null = null;
  let picture: MediaStreamTrack | null = null;
  let composed: PictureInPicture | null = null;
  let layout: PictureInPictureLayout | undefined;
  let mixer: AudioMixer | null = null;
  let microphone: { track: MediaStreamTrack; input: MixerInput } | null = null;
  let screenSound: { track: MediaStreamTrack; input: MixerInput } | null = null;
  let muted = false;
  const replaced: (() => void)[] = [];
  const tidy = () => {
    for (const end of replaced.splice(0)) end();
  };
  const discard = (track: MediaStreamTrack | null) => {
    if (track) replaced.push(() => track.stop());
  };
  let sourceEnded: (source: Source) => void = () => undefined;

  const mix = (): AudioMixer => {
    if (!mixer) {
      mixer = createAudioMixer();
      mixer.setMuted(muted);
    }
    return mixer;
  };
  const plug = (track: MediaStreamTrack) => {
    // A click has led here, so that the browser lets sound run.
    void mix().resume();
    return { track, input: mix().add(track) };
  };
  const unplug = (source: { track: MediaStreamTrack; input: MixerInput } | null) => {
    source?.input.remove();
    source?.track.stop();
  };
  const stopComposing = () => {
    const before = composed;
    if (before) replaced.push(() => before.stop());
    composed = null;
  };
  const dropCamera = () => {
    discard(camera);
    camera = null;
  };
  const dropScreen = () => {
    discard(screen);
    screen = null;
    unplug(screenSound);
    screenSound = null;
  };

  return {
    get picture() {
      return picture;
    },
    get sound() {
      return mix().track;
    },
    get hasScreenAudio() {
      return screenSound !== null;
    },
    has: (source) => ({ camera, screen, microphone })[source] !== null,
    setCamera(track) {
      dropCamera();
      camera = track;
      track.addEventListener("ended", () => {
        if (camera !== track) return;
        camera = null;
        sourceEnded("camera");
      });
    },
    setScreen({ video, audio }) {
      dropScreen();
      screen = video;
      if (audio) screenSound = plug(audio);
      video.addEventListener("ended", () => {
        if (screen !== video) return;
        dropScreen();
        sourceEnded("screen");
      });
    },
    setMicrophone(track) {
      const before = microphone;
      microphone = track && plug(track);
      unplug(before);
      track?.addEventListener("ended", () => {
        if (microphone?.track !== track) return;
        unplug(microphone);
        microphone = null;
        sourceEnded("microphone");
      });
    },
    async show(scene) {
      if (scene === "both" && screen && camera) {
        const sources = { screen, camera };
        if (composed) await composed.replace(sources);
        else composed = await composePictureInPicture({ ...sources, ...layout });
        picture = composed.track;
        return;
      }
      picture = scene === "screen" ? screen : camera;
      stopComposing();
      // What is not shown is not captured: no light at the camera, no bar of the browser.
      if (scene === "camera") dropScreen();
      if (scene === "screen") dropCamera();
    },
    tidy,
    setLayout(change) {
      layout = change;
      composed?.setLayout(change);
    },
    setMuted(now) {
      muted = now;
      mixer?.setMuted(now);
    },
    level: () => (mixer ? mixer.level() : null),
    onSourceEnded: (listener) => void (sourceEnded = listener),
    release() {
      stopComposing();
      dropScreen();
      dropCamera();
      tidy();
      unplug(microphone);
      microphone = null;
      picture = null;
      // The mix stays: its track is silent now, and takes the next source.
    },
  };
}
