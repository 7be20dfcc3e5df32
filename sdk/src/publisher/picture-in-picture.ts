// SPDX-License-Identifier: Apache-2.0
import { PublishError } from "./publish-error.ts";
import { startFrameClock } from "./frame-clock.ts";

export type Corner = "top-left" | "top-right" | "bottom-left" | "bottom-right";

export interface PictureInPictureLayout {
  corner: Corner;
  /** The camera's width, as a part of the picture's: 0.1 to 0.5. */
  size: number;
  /** Turns the camera's picture, as people know themselves from mirrors. */
  mirrored: boolean;
}

export interface PictureInPictureOptions extends Partial<PictureInPictureLayout> {
  screen: MediaStreamTrack;
  camera: MediaStreamTrack;
  /** The composed picture's height at most; the screen's own where that is less. 1080 by default. */
  maxHeight?: number | undefined;
  frameRate?: number | undefined;
}

/** A camera drawn over a screen, as one video track. */
export interface PictureInPicture {
  readonly track: MediaStreamTrack;
  readonly layout: PictureInPictureLayout;
  setLayout(change: Partial<PictureInPictureLayout>): void;
  /** Puts another camera or screen in, while it goes on. */
  replace(sources: { screen?: MediaStreamTrack; camera?: MediaStreamTrack }): Promise<void>;
  /** Stops drawing, and ends `track`. The sources stay the caller's. */
  stop(): void;
}

/** Between the camera's picture and the edges, as a part of the picture's height. */
const MARGIN = 0.03;
const RADIUS = 0.02;

/** Draws `camera` over a corner of `screen`, at a steady rate, hidden page or not. */
export async function composePictureInPicture(options: PictureInPictureOptions): Promise<PictureInPicture> {
  const { maxHeight = 1080, frameRate = 30 } = options;
  const { corner = "bottom-right", size = 0.25, mirrored = true } = options;
  let layout: PictureInPictureLayout = { corner, size, mirrored };
  const [screen, camera] = await Promise.all([playing(options.screen), playing(options.camera)]);

  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new PublishError("capture-unavailable", "This browser cannot draw the picture.");
  const draw = () => {
    fitTo(canvas, screen, maxHeight);
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (screen.videoWidth > 0) context.drawImage(screen, 0, 0, canvas.width, canvas.height);
    drawCamera(context, camera, layout);
  };
  draw();
  const [track] = canvas.captureStream(frameRate).getVideoTracks();
  if (!track) throw new PublishError("capture-unavailable", "This browser cannot stream what it draws.");
  track.contentHint = "detail";
  const stopClock = startFrameClock(frameRate, draw);

  return {
    track,
    get layout() {
      return layout;
    },
    setLayout(change) {
      layout = { ...layout, ...change };
    },
    async replace(sources) {
      await Promise.all([
        sources.screen ? show(screen, sources.screen) : null,
        sources.camera ? show(camera, sources.camera) : null,
      ]);
    },
    stop() {
      stopClock();
      track.stop();
      screen.srcObject = null;
      camera.srcObject = null;
    },
  };
}

/** An element that plays a track, on no page. */
async function playing(track: MediaStreamTrack): Promise<HTMLVideoElement> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  await show(video, track);
  return video;
}

async function show(video: HTMLVideoElement, track: MediaStreamTrack): Promise<void> {
  video.srcObject = new MediaStream([track]);
  await video.play();
}

/** The canvas follows the screen's size, which changes when a shared window does. Even numbers: encoders want them. */
function fitTo(canvas: HTMLCanvasElement, screen: HTMLVideoElement, maxHeight: number): void {
  const { videoWidth, videoHeight } = screen;
  if (videoWidth === 0) return;
  const scale = Math.min(1, maxHeight / videoHeight);
  const width = Math.round((videoWidth * scale) / 2) * 2;
  const height = Math.round((videoHeight * scale) / 2) * 2;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

function drawCamera(
  context: CanvasRenderingContext2D,
  camera: HTMLVideoElement,
  layout: PictureInPictureLayout,
): void {
  if (camera.videoWidth === 0) return;
  const { x, y, width, height } = cameraBox(context.canvas, camera, layout);
  context.save();
  context.beginPath();
  context.roundRect(x, y, width, height, context.canvas.height * RADIUS);
  context.clip();
  if (layout.mirrored) {
    context.translate(2 * x + width, 0);
    context.scale(-1, 1);
  }
  context.drawImage(camera, x, y, width, height);
  context.restore();
}

/** Where the camera's picture goes. */
export function cameraBox(
  picture: { width: number; height: number },
  camera: { videoWidth: number; videoHeight: number },
  { corner, size }: Pick<PictureInPictureLayout, "corner" | "size">,
): { x: number; y: number; width: number; height: number } {
  const width = picture.width * Math.min(0.5, Math.max(0.1, size));
  const height = (width * camera.videoHeight) / camera.videoWidth;
  const margin = picture.height * MARGIN;
  return {
    x: corner.endsWith("left") ? margin : picture.width - width - margin,
    y: corner.startsWith("top") ? margin : picture.height - height - margin,
    width,
    height,
  };
}
