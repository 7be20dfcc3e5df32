// SPDX-License-Identifier: Apache-2.0
import { CLOCK_RATE, type AudioTrack, type VideoCodec, type VideoTrack } from "../media/frame.ts";
import { BitReader } from "./bit-reader.ts";
import { malformed } from "./flv-tag.ts";
import { av1Size, avcSize, hevcSize, type PictureSize } from "./picture-size.ts";

const LARGEST_PICTURE = 16_384;
/** A configuration record is tens of bytes; this leaves room for odd ones. */
const LONGEST_CONFIG = 16 << 10;
/** Codecs whose configuration record tells the size; VP8 and VP9 tell it in every keyframe. */
type DescribedCodec = Exclude<VideoCodec, "vp08" | "vp09">;
const SIZE_OF: Record<DescribedCodec, (config: Buffer) => PictureSize> = {
  avc1: avcSize,
  hvc1: hevcSize,
  av01: av1Size,
};

/** The video track that a decoder configuration record describes. @throws RtmpError `media-malformed` */
export function videoTrack(codec: DescribedCodec, record: Buffer): VideoTrack {
  const config = ownCopy(record);
  const { width, height } = parse(codec, () => SIZE_OF[codec](config));
  if (!(width >= 2 && height >= 2 && width <= LARGEST_PICTURE && height <= LARGEST_PICTURE)) {
    throw malformed(`pictures of ${width} × ${height}`);
  }
  return { kind: "video", codec, config, width, height, timescale: CLOCK_RATE };
}

/** ISO/IEC 14496-3 table 1.18. */
const SAMPLE_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];
const ESCAPE_OBJECT_TYPE = 31;
const ESCAPE_RATE = 15;
const SPECTRAL_BAND_REPLICATION = 5;
const PARAMETRIC_STEREO = 29;

/** The AAC track that an AudioSpecificConfig describes (ISO/IEC 14496-3 section 1.6.2.1). */
export function aacTrack(record: Buffer): AudioTrack {
  const config = ownCopy(record);
  return parse("mp4a", () => {
    const bits = new BitReader(config);
    const objectType = (): number => {
      const type = bits.read(5);
      return type === ESCAPE_OBJECT_TYPE ? 32 + bits.read(6) : type;
    };
    const rate = (): number => {
      const index = bits.read(4);
      return index === ESCAPE_RATE ? bits.read(24) : (SAMPLE_RATES[index] ?? 0);
    };
    const type = objectType();
    const timescale = rate();
    const channelConfiguration = bits.read(4);
    if (type === SPECTRAL_BAND_REPLICATION || type === PARAMETRIC_STEREO) {
      // The rate of the core, which the access units are counted in, came first; the doubled one follows.
      rate();
      objectType();
    }
    const shortFrames = bits.read(1) === 1;
    if (timescale < 7_000 || timescale > 96_000) throw malformed(`AAC at ${timescale} Hz`);
    return {
      kind: "audio",
      codec: "mp4a",
      config,
      // 0: the channels are described in the stream itself; 7 means eight of them.
      channels: channelConfiguration === 7 ? 8 : channelConfiguration || 2,
      timescale,
      frameDuration: shortFrames ? 960 : 1_024,
    };
  });
}

/** Opus always runs at 48 kHz (RFC 6716); encoders of live media send 20 ms packets. */
const OPUS_RATE = 48_000;
const OPUS_FRAME = 960;

/** The Opus track that an identification header (`OpusHead`, RFC 7845 section 5.1) describes. */
export function opusTrack(record: Buffer): AudioTrack {
  return parse("Opus", () => {
    if (record.toString("latin1", 0, 8) !== "OpusHead") throw malformed("an Opus stream without its header");
    const channels = record.readUInt8(9);
    const mappingFamily = record.readUInt8(18);
    // dOps (Opus in ISOBMFF section 4.3.2) has the same fields, big-endian.
    const config = Buffer.alloc(11);
    config.writeUInt8(channels, 1);
    config.writeUInt16BE(record.readUInt16LE(10), 2);
    config.writeUInt32BE(record.readUInt32LE(12), 4);
    config.writeInt16BE(record.readInt16LE(16), 8);
    config.writeUInt8(mappingFamily, 10);
    const mapping = mappingFamily === 0 ? Buffer.alloc(0) : Buffer.from(record.subarray(19, 21 + channels));
    return {
      kind: "audio",
      codec: "Opus",
      config: Buffer.concat([config, mapping]),
      channels,
      timescale: OPUS_RATE,
      frameDuration: OPUS_FRAME,
    };
  });
}

/** How many samples an Opus packet holds, by its first bytes (RFC 6716 section 3.1). */
export function opusSamples(packet: Buffer): number {
  const toc = packet[0] ?? 0;
  const config = toc >> 3;
  const silk = [480, 960, 1_920, 2_880];
  const celt = [120, 240, 480, 960];
  const samples = config < 12 ? silk[config & 3] : config < 16 ? [480, 960][config & 1] : celt[config & 3];
  const code = toc & 3;
  const frames = code === 0 ? 1 : code === 3 ? Math.max(1, (packet[1] ?? 1) & 63) : 2;
  return (samples ?? OPUS_FRAME) * frames;
}

/** The engine reuses its buffers. */
function ownCopy(record: Buffer): Buffer {
  if (record.length > LONGEST_CONFIG) throw malformed("a decoder configuration that is too long");
  return Buffer.from(record);
}

/** A record that ends too early makes a reader run past its end. */
function parse<T>(codec: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof RangeError) throw malformed(`the decoder configuration of ${codec}`, cause);
    throw cause;
  }
}
