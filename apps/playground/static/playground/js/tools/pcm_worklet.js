// Audio worklet: the microphone's samples become 16-bit mono PCM at 16 kHz, a tenth of a second at a time.

export const TARGET_RATE = 16_000;
const BLOCK_SAMPLES = 1600;
const HALF_WIDTH = 16; // zero crossings of the windowed sine on each side

/** Streaming resampler: a low-pass of a windowed sine, evaluated at each output sample. The output lags by half of its length. */
export class Resampler {
  constructor(inputRate, outputRate = TARGET_RATE) {
    this.step = inputRate / outputRate;
    this.cutoff = Math.min(1, 0.95 / this.step); // of the input's Nyquist frequency
    this.reach = Math.ceil(HALF_WIDTH / this.cutoff);
    this.history = new Float32Array(this.reach); // silence before the first sample
    this.position = this.reach; // of the next output sample, in samples of history and input
  }

  /** Output samples that the input completes. */
  feed(input) {
    const all = new Float32Array(this.history.length + input.length);
    all.set(this.history);
    all.set(input, this.history.length);
    const output = [];
    for (; this.position + this.reach < all.length; this.position += this.step) output.push(this.at(all, this.position));
    const kept = Math.max(0, Math.floor(this.position) - this.reach);
    this.history = all.slice(kept);
    this.position -= kept;
    return output;
  }

  at(samples, position) {
    let sum = 0;
    for (let index = Math.ceil(position - this.reach); index <= position + this.reach; index += 1) {
      const distance = position - index;
      const angle = Math.PI * distance * this.cutoff;
      const sine = angle === 0 ? 1 : Math.sin(angle) / angle;
      sum += samples[index] * sine * this.cutoff * (0.5 + 0.5 * Math.cos((Math.PI * distance) / (this.reach + 1)));
    }
    return sum;
  }
}

export const toInt16 = (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * 32767)));

class PcmProcessor extends (globalThis.AudioWorkletProcessor ?? Object) {
  constructor() {
    super();
    this.resampler = new Resampler(globalThis.sampleRate);
    this.block = new Int16Array(BLOCK_SAMPLES);
    this.filled = 0;
  }

  process([input]) {
    if (!input.length) return true; // the microphone has not begun, or is muted
    const mono = input.length === 1 ? input[0] : input[0].map((sample, index) => (sample + input[1][index]) / 2);
    for (const sample of this.resampler.feed(mono)) {
      this.block[this.filled] = toInt16(sample);
      this.filled += 1;
      if (this.filled === BLOCK_SAMPLES) {
        this.port.postMessage(this.block.buffer, [this.block.buffer]);
        this.block = new Int16Array(BLOCK_SAMPLES);
        this.filled = 0;
      }
    }
    return true;
  }
}

globalThis.registerProcessor?.("pcm", PcmProcessor);
