// SPDX-License-Identifier: Apache-2.0
import { createAudioMixer } from "./audio-mixer.ts";
import {
  captureCamera,
  captureMicrophone,
  captureScreen,
  type CameraOptions,
  type MicrophoneOptions,
  type ScreenOptions,
} from "./capture.ts";
import { composePictureInPicture, type PictureInPictureLayout } from "./picture-in-picture.ts";
import { PublishError } from "./publish-error.ts";

/** What to publish: tracks of one's own, or what is to be captured. Screen and camera together are drawn into one picture. */
export type PublishSource = MediaStream | CaptureSource;

export interface CaptureSource {
  camera?: boolean | CameraOptions | undefined;
  microphone?: boolean | MicrophoneOptions | undefined;
  screen?: boolean | ScreenOptions | undefined;
  /** Where the camera goes over the screen. */
  layout?: Partial<PictureInPictureLayout> | undefined;
}

/** Tracks that are ready to be sent. */
export interface OpenSource {
  video: MediaStreamTrack | null;
  audio: MediaStreamTrack | null;
  /** Ends what was captured for this; a caller's own tracks go on. */
  release(): Promise<void>;
}

/** @throws {@link PublishError} where a device is refused or missing; nothing stays captured then */
export async function openSource(source: PublishSource): Promise<OpenSource> {
  if (source instanceof MediaStream) {
    const [video = null] = source.getVideoTracks();
    const [audio = null] = source.getAudioTracks();
    if (!video && !audio) throw new PublishError("capture-missing", "The media stream has no track to send.");
    return { video, audio, release: async () => undefined };
  }
  const releases: (() => unknown)[] = [];
  const release = async () => {
    for (const undo of releases.splice(0).toReversed()) await undo();
  };
  const owned = (track: MediaStreamTrack) => {
    releases.push(() => track.stop());
    return track;
  };
  try {
    // The screen first: browsers ask for it only shortly after a click.
    const screen = source.screen ? await captureScreen(given(source.screen)) : null;
    if (screen) owned(screen.video);
    if (screen?.audio) owned(screen.audio);
    const camera = source.camera ? owned(await captureCamera(given(source.camera))) : null;
    const microphone = source.microphone ? owned(await captureMicrophone(given(source.microphone))) : null;

    let video = screen?.video ?? camera;
    if (screen && camera) {
      const composed = await composePictureInPicture({ screen: screen.video, camera, ...source.layout });
      releases.push(() => composed.stop());
      video = composed.track;
    }
    let audio = microphone ?? screen?.audio ?? null;
    if (microphone && screen?.audio) {
      const mixer = createAudioMixer();
      releases.push(() => mixer.stop());
      mixer.add(microphone);
      mixer.add(screen.audio);
      audio = mixer.track;
    }
    if (!video && !audio) throw new PublishError("capture-missing", "Nothing was chosen to be captured.");
    return { video, audio, release };
  } catch (error) {
    await release();
    throw error;
  }
}

function given<T extends object>(options: true | T): T | undefined {
  return options === true ? undefined : options;
}
