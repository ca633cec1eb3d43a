// The player of a page: button, times, waveform and words of one StreamPlayer or ElementPlayer.

import { playAlone } from "./element_player.js";
import { clock } from "../../website/js/formats.js";
import { Waveform } from "./waveform.js";
import { Words } from "./words.js";

const STEP_SECONDS = 5;

/**
 * View over the markup of playground/components/player.html.
 * Parts are found by data-player: toggle, time, duration, waveform, words, seek, volume; all but toggle may be missing.
 */
export class PlayerView {
  #root;
  #player = null;
  #listeners = null;
  #frame = 0;
  #isDragged = false;

  constructor(root) {
    this.#root = root;
    const part = (name) => root.querySelector(`[data-player="${name}"]`);
    this.parts = Object.fromEntries(["toggle", "time", "duration", "waveform", "words", "seek"].map((name) => [name, part(name)]));
    const onSeek = (seconds) => this.#player?.seek(seconds);
    this.waveform = this.parts.waveform ? new Waveform(this.parts.waveform, { onSeek }) : null;
    this.words = this.parts.words ? new Words(this.parts.words, { onSeek: (seconds) => { onSeek(seconds); this.#player?.play(); } }) : null;
    this.parts.toggle.addEventListener("click", () => this.toggle());
    this.parts.seek?.addEventListener("input", () => {
      this.#isDragged = true;
      onSeek(Number(this.parts.seek.value));
    });
    this.parts.seek?.addEventListener("change", () => { this.#isDragged = false; });
    root.addEventListener("keydown", (event) => this.#onKey(event));
  }

  get player() {
    return this.#player;
  }

  /** Show this player in place of the one before, which is closed. */
  attach(player) {
    this.detach();
    this.#player = playAlone(player);
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    for (const name of ["play", "pause", "waiting", "progress", "seek", "ended"]) {
      player.addEventListener(name, () => this.#update(), { signal });
    }
    this.#root.hidden = false;
    this.#update();
    return player;
  }

  /** Close the player and hide the view. */
  detach() {
    this.#root.hidden = true;
    this.#listeners?.abort();
    this.#player?.close();
    this.#player = null;
    cancelAnimationFrame(this.#frame);
  }

  toggle() {
    if (!this.#player) return;
    if (this.#player.isPlaying) this.#player.pause();
    else this.#player.play();
  }

  #onKey(event) {
    const step = { ArrowRight: STEP_SECONDS, ArrowLeft: -STEP_SECONDS }[event.key];
    if (!step || !this.#player || event.target === this.parts.seek || event.target.closest("input, textarea, select, [role=tab]")) return;
    event.preventDefault();
    this.#player.seek(this.#player.currentTime + step);
  }

  #update() {
    const player = this.#player;
    if (!player) return;
    const { toggle, duration, seek } = this.parts;
    toggle.setAttribute("aria-label", player.isPlaying ? "Pause" : "Play");
    toggle.classList.toggle("is-playing", player.isPlaying);
    if (duration) duration.textContent = clock(player.duration);
    if (seek) seek.max = String(player.duration);
    this.#draw();
    cancelAnimationFrame(this.#frame);
    if (player.isPlaying) this.#frame = requestAnimationFrame(() => this.#loop());
  }

  #loop() {
    this.#draw();
    if (this.#player?.isPlaying) this.#frame = requestAnimationFrame(() => this.#loop());
  }

  #draw() {
    const seconds = this.#player.currentTime;
    const { time, seek } = this.parts;
    const shown = clock(seconds);
    if (time && time.textContent !== shown) time.textContent = shown;
    if (seek && !this.#isDragged) {
      seek.value = String(seconds);
      seek.setAttribute("aria-valuetext", `${shown} of ${clock(this.#player.duration)}`);
    }
    this.waveform?.setTime(seconds);
    this.words?.setTime(seconds, { isFollowed: this.#player.isPlaying });
  }
}
