// SPDX-License-Identifier: Apache-2.0
import { asError } from "../errors.ts";
import { PublishError } from "./publish-error.ts";

/** A camera or a microphone. */
export interface CaptureDevice {
  kind: "camera" | "microphone";
  id: string;
  /** Empty until the person has allowed this kind of device once: browsers tell no names before. */
  label: string;
}

export interface CameraOptions {
  /** Of {@link listDevices}; the browser's choice where left out. */
  deviceId?: string | undefined;
  /** Wanted picture; the device gives the nearest it has. */
  width?: number | undefined;
  height?: number | undefined;
  frameRate?: number | undefined;
}

export interface MicrophoneOptions {
  deviceId?: string | undefined;
  /** Echo cancellation, noise suppression and gain control: right for speech, wrong for music. On by default. */
  processing?: boolean | undefined;
}

export interface ScreenOptions {
  /** Asks for the sound of the tab or system as well, where the browser has that. */
  audio?: boolean | undefined;
  frameRate?: number | undefined;
}

/** Cameras and microphones of this device, the default first. */
export async function listDevices(): Promise<CaptureDevice[]> {
  const devices = await mediaDevices().enumerateDevices();
  return devices.flatMap(({ kind, deviceId, label }): CaptureDevice[] => {
    if (kind === "videoinput") return [{ kind: "camera", id: deviceId, label }];
    if (kind === "audioinput") return [{ kind: "microphone", id: deviceId, label }];
    return [];
  });
}

/** Calls back when a device is plugged in or pulled out, until the returned function is called. */
export function onDevicesChanged(callback: () => void): () => void {
  const devices = mediaDevices();
  devices.addEventListener("devicechange", callback);
  return () => devices.removeEventListener("devicechange", callback);
}

/**
 * Asks for a camera.
 *
 * @throws {@link PublishError} `capture-refused`, `capture-missing`, `capture-busy`, `capture-unavailable`
 */
export function captureCamera(options: CameraOptions = {}): Promise<MediaStreamTrack> {
  const { deviceId, width = 1280, height = 720, frameRate = 30 } = options;
  return captured("camera", async () => {
    const stream = await mediaDevices().getUserMedia({
      video: {
        ...exactly(deviceId),
        width: { ideal: width },
        height: { ideal: height },
        frameRate: { ideal: frameRate, max: Math.max(frameRate, 30) },
      },
    });
    return only(stream.getVideoTracks(), "motion");
  });
}

/** Asks for a microphone. @throws {@link PublishError} as {@link captureCamera} */
export function captureMicrophone(options: MicrophoneOptions = {}): Promise<MediaStreamTrack> {
  const { deviceId, processing = true } = options;
  return captured("microphone", async () => {
    const stream = await mediaDevices().getUserMedia({
      audio: {
        ...exactly(deviceId),
        echoCancellation: processing,
        noiseSuppression: processing,
        autoGainControl: processing,
      },
    });
    return only(stream.getAudioTracks(), processing ? "speech" : "music");
  });
}

/** A screen, window or tab that the person picks; `audio` where they shared its sound as well. */
export interface ScreenCapture {
  video: MediaStreamTrack;
  audio: MediaStreamTrack | null;
}

/** Asks for a screen, a window or a tab. @throws {@link PublishError} as {@link captureCamera} */
export function captureScreen(options: ScreenOptions = {}): Promise<ScreenCapture> {
  const { audio = true, frameRate = 30 } = options;
  return captured("screen", async () => {
    const stream = await mediaDevices().getDisplayMedia({
      video: { frameRate: { ideal: frameRate, max: frameRate } },
      // Sound meant for people, not a voice: nothing is to be filtered out of it.
      audio: audio && { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
    const video = only(stream.getVideoTracks(), "detail");
    const [sound = null] = stream.getAudioTracks();
    if (sound) sound.contentHint = "music";
    return { video, audio: sound };
  });
}

function exactly(deviceId: string | undefined): { deviceId?: ConstrainDOMString } {
  return deviceId === undefined || deviceId === "" ? {} : { deviceId: { exact: deviceId } };
}

function only(tracks: MediaStreamTrack[], contentHint: string): MediaStreamTrack {
  const [track] = tracks;
  if (!track) throw new DOMException("no track", "NotFoundError");
  track.contentHint = contentHint;
  return track;
}

function mediaDevices(): MediaDevices {
  // Absent outside secure contexts, whatever the types say.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices) return devices;
  throw new PublishError(
    "capture-unavailable",
    "This page may not use a camera: it has to be opened by https, or on this computer itself.",
  );
}

/** The browser's own errors, by what a person can do about them. */
async function captured<T>(what: "camera" | "microphone" | "screen", capture: () => Promise<T>): Promise<T> {
  try {
    return await capture();
  } catch (cause) {
    if (cause instanceof PublishError) throw cause;
    switch (asError(cause).name) {
      case "NotAllowedError":
      case "SecurityError":
        throw new PublishError("capture-refused", `This page was not allowed to use the ${what}.`, { cause });
      case "NotFoundError":
      case "OverconstrainedError":
        throw new PublishError("capture-missing", `There is no such ${what}.`, { cause });
      case "NotReadableError":
      case "AbortError":
        throw new PublishError("capture-busy", `The ${what} does not start: another program may have it.`, {
          cause,
        });
      default:
        throw new PublishError("capture-unavailable", `This browser cannot capture the ${what}.`, { cause });
    }
  }
}
