// 16-bit samples: from base64, to floats, and the peaks of a waveform that grows.

/** Bytes of a base64 text. */
export function decodeBase64(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Little-endian 16-bit samples of bytes. A stray last byte is left out. */
export function samplesOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Int16Array(bytes.byteLength >> 1);
  for (let i = 0; i < samples.length; i += 1) samples[i] = view.getInt16(2 * i, true);
  return samples;
}

/** Floats from -1 to 1 of 16-bit samples. */
export function floatsOf(samples) {
  const floats = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i += 1) floats[i] = samples[i] / 32768;
  return floats;
}

/** A WAV file of 16-bit mono samples, given as blocks. */
export function wavBlob(blocks, sampleRate) {
  const bytes = 2 * blocks.reduce((sum, block) => sum + block.length, 0);
  const header = new DataView(new ArrayBuffer(44));
  const write = (at, text) => [...text].forEach((letter, i) => header.setUint8(at + i, letter.charCodeAt(0)));
  write(0, "RIFF"); header.setUint32(4, 36 + bytes, true); write(8, "WAVEfmt ");
  header.setUint32(16, 16, true); header.setUint16(20, 1, true); header.setUint16(22, 1, true);
  header.setUint32(24, sampleRate, true); header.setUint32(28, 2 * sampleRate, true);
  header.setUint16(32, 2, true); header.setUint16(34, 16, true); write(36, "data"); header.setUint32(40, bytes, true);
  return new Blob([header, ...blocks], { type: "audio/wav" });
}

const MOST_PEAKS = 2400;

/** Highest amplitude of each stretch of samples; stretches double in length when there are too many, so that it stays small. */
export class Peaks {
  #stretch;
  #peaks = [];
  #open = 0;
  #filled = 0;

  constructor(stretch = 240) {
    this.#stretch = stretch;
  }

  /** Add samples: 16-bit ones, or floats with fullScale 1. */
  add(samples, fullScale = 32768) {
    for (let i = 0; i < samples.length; i += 1) {
      const size = Math.abs(samples[i]) / fullScale;
      if (size > this.#open) this.#open = size;
      this.#filled += 1;
      if (this.#filled === this.#stretch) this.#close();
    }
  }

  #close() {
    this.#peaks.push(this.#open);
    this.#open = 0;
    this.#filled = 0;
    if (this.#peaks.length < MOST_PEAKS) return;
    this.#peaks = Array.from({ length: MOST_PEAKS / 2 }, (_, i) => Math.max(this.#peaks[2 * i], this.#peaks[2 * i + 1]));
    this.#stretch *= 2;
  }

  get list() {
    return this.#filled ? [...this.#peaks, this.#open] : [...this.#peaks];
  }
}

const DECODING_RATE = 8000;

/** Peaks and seconds of a Blob of any format that the browser decodes. Throws if it does not. */
export async function peaksOfBlob(blob) {
  const context = new OfflineAudioContext(1, 1, DECODING_RATE);
  const audio = await context.decodeAudioData(await blob.arrayBuffer());
  const peaks = new Peaks(Math.max(1, Math.ceil((audio.length * 1.001) / MOST_PEAKS)));
  peaks.add(audio.getChannelData(0), 1);
  return { peaks: peaks.list, seconds: audio.duration };
}
