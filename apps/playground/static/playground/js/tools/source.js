// The recording of a request: a file that is chosen or dropped, the microphone, or the sample. See playground/tools/source.html.

import { Recorder } from "../recorder.js";
import { element } from "./elements.js";
import { RecordingChecks } from "./recording_checks.js";
import { clock, formatBytes } from "../../../website/js/formats.js";

const DURATION_SECONDS = 5;
const RECORDING_TYPES = /^(audio|video)\/|^application\/(ogg|octet-stream|mp4)$/;

export class Source {
  /**
   * root: element with data-source. onChange(recording or null): {blob, name, seconds or null, url, advice, example: address of a stored result}.
   * With data-several the page keeps the recordings: each is handed to onChange, with its address, and the source takes the next one.
   */
  constructor(root, { onChange }) {
    this.root = root;
    this.onChange = onChange;
    this.recording = null;
    this.recorder = null;
    this.limits = { bytes: Number(root.dataset.maxBytes), seconds: Number(root.dataset.maxSeconds), shortest: Number(root.dataset.minSeconds) };
    this.good = { shortest: Number(root.dataset.goodFrom) || 0, longest: Number(root.dataset.goodTo) || Infinity };
    this.part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.input = root.querySelector('input[type="file"]');
    this.isSeveral = "several" in root.dataset;
    this.input.addEventListener("change", () => this.takeFiles([...this.input.files]));
    this.part("record")?.addEventListener("click", () => this.startRecording());
    this.part("stop")?.addEventListener("click", () => this.recorder?.stop());
    this.part("discard")?.addEventListener("click", () => this.recorder?.cancel());
    this.part("remove").addEventListener("click", () => this.clear({ isFocused: true }));
    for (const button of root.querySelectorAll("[data-sample]")) button.addEventListener("click", () => this.takeSample(button));
    this.acceptDrops();
    window.addEventListener("pagehide", () => this.recorder?.cancel());
  }

  acceptDrops() {
    const zone = this.part("drop");
    let depth = 0;
    const mark = () => zone.toggleAttribute("data-over", depth > 0);
    zone.addEventListener("dragenter", (event) => { event.preventDefault(); depth += 1; mark(); });
    zone.addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); mark(); });
    zone.addEventListener("dragover", (event) => event.preventDefault());
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      depth = 0;
      mark();
      this.takeFiles([...event.dataTransfer.files]);
    });
  }

  async takeFiles(files) {
    for (const file of this.isSeveral ? files : files.slice(0, 1)) await this.take(file, { name: file.name });
    if (this.isSeveral) this.input.value = "";
  }

  /** Take a recording over, unless it is beyond the limits. */
  async take(blob, { name, seconds = null, advice = [], example = "" }) {
    this.fail("");
    if (blob.size === 0) return this.fail("This file is empty.");
    if (blob.type && !RECORDING_TYPES.test(blob.type)) return this.fail(`${name} is no recording (${blob.type}). Choose audio or video.`);
    if (blob.size > this.limits.bytes) {
      return this.fail(`This file has ${formatBytes(blob.size)}; at most ${formatBytes(this.limits.bytes)} are accepted. Compress or cut it.`);
    }
    const url = URL.createObjectURL(blob);
    const known = seconds ?? (await durationOf(url));
    if (known !== null && known > this.limits.seconds) {
      URL.revokeObjectURL(url);
      return this.fail(`This recording has ${clock(known)}; at most ${clock(this.limits.seconds)} are accepted. Cut it.`);
    }
    if (known !== null && known < this.limits.shortest) {
      URL.revokeObjectURL(url);
      return this.fail("This recording is too short.");
    }
    if (this.isSeveral) return this.onChange({ blob, name, seconds: known, url, advice, example });
    this.drop();
    this.recording = { blob, name, seconds: known, url, advice, example };
    this.part("name").textContent = name;
    this.part("facts").textContent = [known === null ? "" : clock(known), formatBytes(blob.size)].filter(Boolean).join(" · ");
    this.part("player").src = url;
    this.advise(advice);
    this.show("chosen");
    this.onChange(this.recording);
  }

  async takeSample(button) {
    button.disabled = true;
    try {
      const answer = await fetch(button.dataset.sample);
      if (!answer.ok) throw new Error(answer.statusText);
      const blob = await answer.blob();
      await this.take(new Blob([blob], { type: "audio/mpeg" }), { name: button.dataset.sample.split("/").pop(), example: button.dataset.example });
    } catch {
      this.fail("The sample could not be loaded. Check your connection.");
    } finally {
      button.disabled = false;
    }
  }

  async startRecording() {
    this.fail("");
    const recorder = new Recorder({ maxSeconds: this.limits.seconds, isRaw: "raw" in this.root.dataset });
    this.checks = new RecordingChecks();
    recorder.addEventListener("level", ({ detail }) => this.showLevel(detail));
    recorder.addEventListener("stop", ({ detail }) => this.takeRecorded(detail));
    try {
      await recorder.start();
    } catch (error) {
      return this.fail(error.message);
    }
    this.recorder = recorder;
    this.show("recording");
    this.part("stop").focus();
  }

  showLevel(level) {
    const { share, isClipped } = this.checks.add(level);
    const meter = this.part("meter");
    meter.value = share;
    meter.toggleAttribute("data-clipped", isClipped);
    this.seconds = level.seconds;
    this.part("time").textContent = clock(level.seconds);
  }

  /** Take over what was recorded; null if it was discarded. */
  async takeRecorded(file) {
    this.recorder = null;
    if (file) await this.take(file, { name: file.name, seconds: this.seconds, advice: this.checks.advise(this.seconds, this.good) });
    this.show(this.recording ? "chosen" : "empty");
    this.part(this.recording ? "remove" : "record").focus();
  }

  clear({ isFocused = false } = {}) {
    this.drop();
    this.show("empty");
    this.onChange(null);
    if (isFocused) this.input.focus();
  }

  drop() {
    if (this.recording) URL.revokeObjectURL(this.recording.url);
    this.recording = null;
    this.part("player").removeAttribute("src");
    this.input.value = "";
  }

  show(state) {
    this.root.dataset.state = state;
    for (const name of ["empty", "recording", "live", "chosen"]) this.part(name)?.toggleAttribute("hidden", name !== state);
  }

  advise(lines) {
    const list = this.part("advice");
    list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    list.hidden = lines.length === 0;
  }

  /** Show an error beside the recording, where it is seen; an empty one is removed. link: {href, text} of a way out. */
  fail(message, link = null) {
    const place = this.part("error");
    place.replaceChildren(message, ...(link ? [element("a", link)] : []));
    place.hidden = !message;
    if (message) place.scrollIntoView({ block: "nearest" });
  }
}

/** Seconds of a sound; null if the browser cannot tell. */
export function durationOf(url) {
  return new Promise((resolve) => {
    const audio = new Audio();
    const end = (seconds) => {
      clearTimeout(timer);
      audio.removeAttribute("src");
      resolve(Number.isFinite(seconds) && seconds > 0 ? seconds : null);
    };
    const timer = setTimeout(() => end(NaN), DURATION_SECONDS * 1000);
    audio.preload = "metadata";
    audio.onerror = () => end(NaN);
    audio.onloadedmetadata = () => {
      if (Number.isFinite(audio.duration)) return end(audio.duration);
      audio.ondurationchange = () => Number.isFinite(audio.duration) && end(audio.duration);
      audio.currentTime = 1e7; // files of MediaRecorder know their length once they were read to the end
    };
    audio.src = url;
  });
}
