// SPDX-License-Identifier: Apache-2.0

/** One sound in the mix. */
export interface MixerInput {
  /** 0 is silent, 1 as it comes. */
  setGain(gain: number): void;
  /** Takes it out of the mix. The track stays the caller's. */
  remove(): void;
}

/** How loud the mix is now. */
export interface AudioLevel {
  /** Root mean square of the newest 43 ms, in dB below full scale; -100 is silence. */
  rms: number;
  /** The loudest sample of them, in the same unit. */
  peak: number;
}

/** Several sounds as one track that never changes, so that a source can be swapped while live. */
export interface AudioMixer {
  /** The mix; silent where nothing is in it. */
  readonly track: MediaStreamTrack;
  add(track: MediaStreamTrack, gain?: number): MixerInput;
  /** Silences the mix without taking anything out. */
  setMuted(muted: boolean): void;
  /** What is sent, before muting: the meter moves while muted, so that one sees that one speaks. */
  level(): AudioLevel;
  /** Browsers start sound only after a click: call it in one. */
  resume(): Promise<void>;
  /** Ends `track`. */
  stop(): Promise<void>;
}

const SILENCE_DB = -100;
/** Short enough that no click is heard when a source is switched. */
const FADE_SECONDS = 0.01;

export function createAudioMixer(): AudioMixer {
  const context = new AudioContext({ latencyHint: "interactive", sampleRate: 48_000 });
  const mix = context.createGain();
  const analyser = new AnalyserNode(context, { fftSize: 2_048 });
  const gate = context.createGain();
  const output = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
  mix.connect(analyser);
  mix.connect(gate);
  gate.connect(output);
  const [track] = output.stream.getAudioTracks() as [MediaStreamTrack];
  const samples = new Float32Array(analyser.fftSize);
  const fade = (gain: AudioParam, to: number) => gain.setTargetAtTime(to, context.currentTime, FADE_SECONDS);

  return {
    track,
    add(added, gain = 1) {
      const source = context.createMediaStreamSource(new MediaStream([added]));
      const volume = new GainNode(context, { gain });
      source.connect(volume).connect(mix);
      return {
        setGain: (to) => fade(volume.gain, to),
        remove() {
          source.disconnect();
          volume.disconnect();
        },
      };
    },
    setMuted: (muted) => fade(gate.gain, muted ? 0 : 1),
    level() {
      analyser.getFloatTimeDomainData(samples);
      return levelOf(samples);
    },
    resume: () => context.resume(),
    async stop() {
      track.stop();
      await context.close();
    },
  };
}

/** The level of samples between -1 and 1. */
export function levelOf(samples: Float32Array): AudioLevel {
  let sum = 0;
  let peak = 0;
  for (const sample of samples) {
    sum += sample * sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  return { rms: decibels(Math.sqrt(sum / samples.length)), peak: decibels(peak) };
}

function decibels(amplitude: number): number {
  return amplitude > 0 ? Math.max(SILENCE_DB, 20 * Math.log10(amplitude)) : SILENCE_DB;
}
