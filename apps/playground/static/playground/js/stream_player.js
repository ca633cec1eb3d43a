// Plays samples while they arrive, without gaps; can be paused, and moved within what has arrived.

import { floatsOf, wavBlob } from "./pcm.js";

const AHEAD_SECONDS = 20;
const TICK_MILLISECONDS = 100;
const LEAD_SECONDS = 0.06;

/**
 * Player of 16-bit mono blocks. Make it in the handler of a click or a key: browsers allow sound from there on only.
 * Events: play, pause, waiting (nothing left to play yet), progress (more has arrived), ended.
 * The interface is that of ElementPlayer: play, pause, seek, currentTime, duration, isPlaying, isComplete.
 */
export class StreamPlayer extends EventTarget {
  #context;
  #output;
  #blocks = [];
  #starts = [];
  #total = 0;
  #rate;
  #nodes = new Set();
  #next = 0;
  #anchor = null;
  #position = 0;
  #timer = 0;
  #isWaiting = false;

  constructor({ sampleRate = 24000 } = {}) {
    super();
    this.#rate = sampleRate;
    this.#context = new AudioContext({ sampleRate });
    this.#output = this.#context.createGain();
    this.#output.connect(this.#context.destination);
    this.#context.resume();
    this.isComplete = false;
    this.isPlaying = false;
  }

  /** Hz of the samples; the first block decides it. */
  set sampleRate(rate) {
    if (!this.#total) this.#rate = rate;
  }

  get sampleRate() {
    return this.#rate;
  }

  /** Seconds that have arrived; all of the audio once isComplete. */
  get duration() {
    return this.#total / this.#rate;
  }

  get currentTime() {
    if (!this.#anchor) return this.#position;
    const latency = this.#context.outputLatency || this.#context.baseLatency || 0;
    const heard = this.#anchor.position + this.#context.currentTime - latency - this.#anchor.time;
    return Math.max(this.#anchor.position, Math.min(heard, this.duration));
  }

  get volume() {
    return this.#output.gain.value;
  }

  set volume(value) {
    this.#output.gain.value = value;
  }

  /** Take samples that follow those before. */
  append(samples) {
    if (!samples.length) return;
    this.#blocks.push(samples);
    this.#starts.push(this.#total);
    this.#total += samples.length;
    this.#tell("progress");
    if (this.isPlaying) this.#schedule();
  }

  /** All samples have arrived. */
  complete() {
    this.isComplete = true;
    this.#tell("progress");
    if (this.isPlaying) this.#tick();
  }

  /** Everything that has arrived, as a WAV file. */
  toBlob() {
    return wavBlob(this.#blocks, this.#rate);
  }

  async play() {
    if (this.isPlaying) return;
    this.isPlaying = true;
    if (this.isComplete && this.#position >= this.duration - 0.01) this.#position = 0;
    this.#tell("play");
    await this.#context.resume();
    if (!this.isPlaying) return;
    this.#startAt(this.#position);
    this.#timer = setInterval(() => this.#tick(), TICK_MILLISECONDS);
  }

  pause() {
    if (!this.isPlaying) return;
    this.#position = this.currentTime;
    this.#halt();
    this.#tell("pause");
  }

  /** Move to a second, within what has arrived. */
  seek(seconds) {
    const to = Math.max(0, Math.min(seconds, this.duration));
    this.#position = to;
    if (this.isPlaying) {
      this.#stopNodes();
      this.#startAt(to);
    }
    this.#tell("seek");
  }

  /** Stop for good, and release the sound device. */
  close() {
    this.#halt();
    this.#context.close().catch(() => {});
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }

  #halt() {
    this.isPlaying = false;
    clearInterval(this.#timer);
    this.#stopNodes();
    this.#anchor = null;
  }

  #stopNodes() {
    for (const node of this.#nodes) {
      node.onended = null;
      node.stop();
    }
    this.#nodes.clear();
  }

  #startAt(seconds) {
    const sample = Math.round(seconds * this.#rate);
    this.#next = this.#starts.findLastIndex((start) => start <= sample);
    if (this.#next < 0) this.#next = 0;
    this.#anchor = { time: this.#onGrid(this.#context.currentTime + LEAD_SECONDS), position: sample / this.#rate };
    this.#schedule();
  }

  #tick() {
    this.#schedule();
    const isAtEnd = this.#next >= this.#blocks.length && this.currentTime >= this.duration - 0.005;
    if (isAtEnd && this.isComplete) {
      this.#position = this.duration;
      this.#halt();
      this.#tell("ended");
    } else if (isAtEnd !== this.#isWaiting) {
      this.#isWaiting = isAtEnd;
      this.#tell(isAtEnd ? "waiting" : "play");
    }
  }

  #schedule() {
    if (!this.#anchor) return; // resuming
    const { currentTime } = this.#context;
    while (this.#next < this.#blocks.length) {
      const start = this.#starts[this.#next] / this.#rate;
      let when = this.#anchor.time + start - this.#anchor.position;
      if (when > currentTime + AHEAD_SECONDS) return;
      const isFirst = start <= this.#anchor.position;
      if (!isFirst && when < currentTime) { // the audio came later than it was needed
        this.#anchor = { time: this.#onGrid(currentTime + LEAD_SECONDS), position: start };
        when = this.#anchor.time;
      }
      const offset = isFirst ? this.#anchor.position - start : 0;
      this.#startBlock(this.#blocks[this.#next], { when: isFirst ? this.#anchor.time : when, offset });
      this.#next += 1;
    }
  }

  /** The next moment at which a sample begins: blocks that begin between samples would be interpolated, and click. */
  #onGrid(seconds) {
    return Math.ceil(seconds * this.#context.sampleRate) / this.#context.sampleRate;
  }

  #startBlock(samples, { when, offset }) {
    const buffer = this.#context.createBuffer(1, samples.length, this.#rate);
    buffer.copyToChannel(floatsOf(samples), 0);
    if (offset >= buffer.duration) return;
    const node = this.#context.createBufferSource();
    node.buffer = buffer;
    node.connect(this.#output);
    node.onended = () => this.#nodes.delete(node);
    node.start(when, offset);
    this.#nodes.add(node);
  }
}
