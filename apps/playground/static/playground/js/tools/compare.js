// Before and after: two sounds, of which one is heard; a switch between them at the same moment, at the same loudness.
// Markup: playground/tools/compare.html.

import { onThemeChange } from "../../../website/js/theme_colors.js";
import { draw } from "./picture.js";
import { decode, matchedVolumes } from "./sound.js";
import { clock } from "../../../website/js/formats.js";
import { icon } from "./elements.js";

const SIDES = ["before", "after"];

export class Comparison {
  constructor(root) {
    this.root = root;
    this.sides = Object.fromEntries(SIDES.map((name) => [name, this.find(name)]));
    this.active = "after";
    this.volumes = [1, 1];
    this.surfers = [];
    this.playButton = root.querySelector("[data-play]");
    this.position = root.querySelector("[data-position]");
    this.clock = root.querySelector("[data-clock]");
    this.match = root.querySelector("[data-match]");
    this.playButton.addEventListener("click", () => this.toggle());
    this.match.addEventListener("change", () => this.applyVolumes());
    this.position.addEventListener("input", () => this.seek(Number(this.position.value)));
    for (const name of SIDES) {
      this.sides[name].button.addEventListener("click", () => this.switchTo(name));
      const { media } = this.sides[name];
      media.addEventListener("timeupdate", () => name === this.active && this.showPosition());
      media.addEventListener("ended", () => this.showPlaying());
      media.addEventListener("play", () => this.showPlaying());
      media.addEventListener("pause", () => this.showPlaying());
      media.addEventListener("loadedmetadata", () => this.showPosition());
      media.addEventListener("seeking", () => name !== this.active && !media.dataset.following && this.switchTo(name, { isSought: true }));
    }
    onThemeChange(() => this.redraw());
  }

  find(name) {
    const side = this.root.querySelector(`[data-side="${name}"]`);
    return {
      element: side,
      media: side.querySelector("audio"),
      wave: side.querySelector("[data-wave]"),
      spectrum: side.querySelector("[data-spectrum]"),
      note: side.querySelector("[data-note]"),
      button: this.root.querySelector(`[data-show="${name}"]`),
    };
  }

  /** Show two sounds: {blob, seconds, url} each. */
  async load(before, after) {
    this.clear();
    const given = [before, after];
    SIDES.forEach((name, index) => {
      const { blob, url } = given[index];
      this.sides[name].url = blob ? URL.createObjectURL(blob) : url;
      this.sides[name].media.src = this.sides[name].url;
    });
    this.switchTo("after");
    const decoded = [await decode(before.blob, before.seconds ?? null), await decode(after.blob, after.seconds ?? null)];
    SIDES.forEach((name, index) => (this.sides[name].samples = decoded[index]));
    this.redraw();
    if (decoded[0] && decoded[1]) this.volumes = matchedVolumes(decoded[0], decoded[1]);
    this.match.closest("label").hidden = !(decoded[0] && decoded[1]);
    this.applyVolumes();
    this.root.dataset.ready = "";
  }

  /** Draw what is loaded in the colours of the theme. */
  redraw() {
    for (const surfer of this.surfers) surfer.destroy();
    this.surfers = [];
    for (const side of Object.values(this.sides)) {
      side.wave.replaceChildren();
      side.spectrum.replaceChildren();
      side.note.hidden = !side.url || Boolean(side.samples);
      if (side.samples) this.surfers.push(draw({ wave: side.wave, spectrum: side.spectrum, media: side.media, samples: side.samples }));
    }
  }

  applyVolumes() {
    SIDES.forEach((name, index) => (this.sides[name].media.volume = this.match.checked ? this.volumes[index] : 1));
  }

  get media() {
    return this.sides[this.active].media;
  }

  get share() {
    const { currentTime, duration } = this.media;
    return duration ? currentTime / duration : 0;
  }

  /** Hear the other sound from the same moment on; of sounds of different lengths, from the same share. */
  switchTo(name, { isSought = false } = {}) {
    const from = this.media;
    const to = this.sides[name].media;
    if (from !== to && !isSought) {
      const isSameLength = Math.abs((from.duration || 0) - (to.duration || 0)) < 0.25;
      to.dataset.following = "1";
      to.currentTime = isSameLength ? Math.min(from.currentTime, to.duration || 0) : this.share * (to.duration || 0);
      to.addEventListener("seeked", () => delete to.dataset.following, { once: true });
    }
    const isPlaying = !from.paused && !from.ended;
    this.active = name;
    for (const other of SIDES) {
      this.sides[other].button.setAttribute("aria-pressed", String(other === name));
      this.sides[other].element.toggleAttribute("data-active", other === name);
      if (other !== name) this.sides[other].media.pause();
    }
    if (isPlaying) to.play();
    this.showPosition();
  }

  toggle() {
    if (this.media.paused) this.media.play();
    else this.media.pause();
  }

  seek(share) {
    if (this.media.duration) this.media.currentTime = share * this.media.duration;
  }

  showPosition() {
    const { currentTime, duration } = this.media;
    this.position.value = String(this.share);
    this.clock.textContent = `${clock(currentTime)} / ${clock(duration || 0)}`;
    this.position.setAttribute("aria-valuetext", this.clock.textContent);
  }

  showPlaying() {
    const isPlaying = !this.media.paused;
    this.playButton.replaceChildren(icon(isPlaying ? "pause" : "play"));
    this.playButton.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
  }

  clear() {
    this.volumes = [1, 1];
    delete this.root.dataset.ready;
    for (const side of Object.values(this.sides)) {
      side.media.pause();
      if (side.url) URL.revokeObjectURL(side.url);
      side.url = side.samples = null;
      side.spectrum.hidden = false;
    }
    this.redraw();
  }
}
