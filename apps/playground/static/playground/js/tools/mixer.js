// A mixer of stems that were cut from one recording: they play in sync from one clock, each with its volume, mute and solo.

import { onThemeChange } from "../../../website/js/theme_colors.js";
import { clock } from "../../../website/js/formats.js";
import { element, icon } from "./elements.js";

/** Samples of all stems together that are decoded at most: 480 MB of memory. */
const MOST_SAMPLES = 120_000_000;
const CHANNELS = 2;

export class Mixer {
  constructor(root) {
    this.root = root;
    this.find = (name) => root.querySelector(`[data-${name}]`);
    this.stems = [];
    this.offset = 0;
    this.startedAt = null;
    this.find("play").addEventListener("click", () => this.toggle());
    this.find("position").addEventListener("input", () => this.seek(Number(this.find("position").value) * this.duration));
    window.addEventListener("pagehide", () => this.stop());
    onThemeChange(() => this.drawAll());
  }

  get isPlaying() {
    return this.startedAt !== null;
  }

  get time() {
    return this.isPlaying ? Math.min(this.duration, this.context.currentTime - this.startedAt) : this.offset;
  }

  /** Load stems: {name, title, url, download}. seconds: of the recording. */
  async load(stems, seconds) {
    this.clear();
    this.context ??= new AudioContext();
    this.duration = seconds;
    this.find("play").disabled = true;
    this.stems = stems.map((stem) => ({ ...stem, volume: 1, isMuted: false, isSolo: false, gain: this.context.createGain(), buffer: null }));
    for (const stem of this.stems) stem.gain.connect(this.context.destination);
    if (seconds * this.context.sampleRate * CHANNELS * stems.length > MOST_SAMPLES) return this.showPlayers("Too long to mix here: play or download each stem.");
    this.find("loading").textContent = "Loading the stems";
    this.find("stems").replaceChildren(...this.stems.map((stem) => this.row(stem)));
    try {
      await Promise.all(this.stems.map((stem) => this.decode(stem)));
    } catch {
      return this.showPlayers("This browser cannot mix these stems: play or download each.");
    }
    this.drawAll();
    this.duration = Math.max(...this.stems.map((stem) => stem.buffer.duration));
    this.find("play").disabled = false;
    this.find("loading").textContent = "";
    this.showPosition();
    this.root.dataset.ready = "";
  }

  async decode(stem) {
    const answer = await fetch(stem.url);
    if (!answer.ok) throw new Error(answer.statusText);
    stem.buffer = await this.context.decodeAudioData(await answer.arrayBuffer());
  }

  /** Show a player for each stem in place of the mixer. */
  showPlayers(reason) {
    this.find("loading").textContent = reason;
    this.find("stems").replaceChildren(...this.stems.map((stem) => this.row(stem, { isAlone: true })));
    this.root.dataset.ready = "";
  }

  /** Draw all stems at one scale, the loudest at full height. */
  drawAll() {
    const drawn = this.stems.filter((stem) => stem.buffer).map((stem) => [stem.canvas, peaksOf(stem.buffer, stem.canvas.width)]);
    const loudest = Math.max(0.01, ...drawn.map(([, peaks]) => Math.max(...peaks)));
    for (const [canvas, peaks] of drawn) drawPeaks(canvas, peaks.map((peak) => peak / loudest));
  }

  row(stem, { isAlone = false } = {}) {
    stem.mute = element("button", { type: "button", class: "button button-small", "aria-pressed": "false", "aria-label": `Mute ${stem.title}`, text: "Mute" });
    stem.solo = element("button", { type: "button", class: "button button-small", "aria-pressed": "false", "aria-label": `Solo ${stem.title}`, text: "Solo" });
    const volume = element("input", { type: "range", min: 0, max: 1.5, step: 0.01, value: 1, "aria-label": `Volume of ${stem.title}` });
    stem.canvas = element("canvas", { class: "mixer-wave", width: 600, height: 40, "aria-hidden": "true" });
    stem.mute.addEventListener("click", () => this.press(stem, "isMuted", stem.mute));
    stem.solo.addEventListener("click", () => this.press(stem, "isSolo", stem.solo));
    volume.addEventListener("input", () => {
      stem.volume = Number(volume.value);
      this.applyGains();
    });
    const download = element("a", { class: "button button-quiet button-small button-icon", href: stem.url, download: stem.download, "aria-label": `Download ${stem.title}` }, icon("download"));
    const middle = isAlone ? element("audio", { controls: true, src: stem.url, "aria-label": stem.title }) : stem.canvas;
    const controls = isAlone ? [] : [stem.mute, stem.solo, volume];
    stem.element = element("li", { class: "mixer-stem", "data-stem": stem.name }, element("strong", { text: stem.title }), middle, element("div", { class: "mixer-controls" }, ...controls, download));
    return stem.element;
  }

  press(stem, state, button) {
    stem[state] = !stem[state];
    button.setAttribute("aria-pressed", String(stem[state]));
    this.applyGains();
  }

  applyGains() {
    const hasSolo = this.stems.some((stem) => stem.isSolo);
    for (const stem of this.stems) {
      const isHeard = !stem.isMuted && (!hasSolo || stem.isSolo);
      stem.gain.gain.setTargetAtTime(isHeard ? stem.volume : 0, this.context.currentTime, 0.015);
      stem.element.toggleAttribute("data-silent", !isHeard);
    }
  }

  async toggle() {
    if (this.isPlaying) return this.stop();
    await this.context.resume();
    this.start(this.offset >= this.duration - 0.05 ? 0 : this.offset);
  }

  start(offset) {
    const when = this.context.currentTime + 0.03;
    this.startedAt = when - offset;
    this.sources = this.stems.map((stem) => {
      const source = new AudioBufferSourceNode(this.context, { buffer: stem.buffer });
      source.connect(stem.gain);
      source.start(when, offset);
      return source;
    });
    this.sources[0].onended = () => this.isPlaying && this.time >= this.duration - 0.1 && this.stop(0);
    this.showPlaying();
    this.tick();
  }

  stop(offset = this.time) {
    if (!this.isPlaying) return;
    this.offset = Math.max(0, offset);
    this.startedAt = null;
    for (const source of this.sources) {
      source.onended = null;
      source.stop();
      source.disconnect();
    }
    cancelAnimationFrame(this.frame);
    this.showPlaying();
    this.showPosition();
  }

  seek(seconds) {
    const wasPlaying = this.isPlaying;
    this.stop();
    this.offset = seconds;
    if (wasPlaying) this.start(seconds);
    this.showPosition();
  }

  tick() {
    this.showPosition();
    if (this.isPlaying) this.frame = requestAnimationFrame(() => this.tick());
  }

  showPosition() {
    const position = this.find("position");
    position.value = String(this.duration ? this.time / this.duration : 0);
    this.find("clock").textContent = `${clock(this.time)} / ${clock(this.duration)}`;
    position.setAttribute("aria-valuetext", this.find("clock").textContent);
    this.root.style.setProperty("--share", position.value);
  }

  showPlaying() {
    this.find("play").replaceChildren(icon(this.isPlaying ? "pause" : "play"));
    this.find("play").setAttribute("aria-label", this.isPlaying ? "Pause" : "Play");
  }

  clear() {
    if (this.stems.length) this.stop(0);
    this.offset = 0;
    for (const stem of this.stems) stem.gain.disconnect();
    this.stems = [];
    delete this.root.dataset.ready;
    this.find("stems").replaceChildren();
  }
}

/** Highest sample of each of so many stretches. */
function peaksOf(buffer, count) {
  const samples = buffer.getChannelData(0);
  const size = Math.max(1, Math.floor(samples.length / count));
  const step = Math.max(1, Math.floor(size / 200));
  return Array.from({ length: count }, (_, x) => {
    let peak = 0;
    for (let index = x * size; index < Math.min((x + 1) * size, samples.length); index += step) peak = Math.max(peak, Math.abs(samples[index]));
    return peak;
  });
}

/** Draw peaks in the colour of the element. */
function drawPeaks(canvas, peaks) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = getComputedStyle(canvas).color;
  peaks.forEach((peak, x) => {
    const height = Math.max(1, peak * canvas.height);
    context.fillRect(x, (canvas.height - height) / 2, 1, height);
  });
}
