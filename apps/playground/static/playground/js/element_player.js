// Plays a file, with the interface of StreamPlayer.

/** Player of an <audio> element. Events: play, pause, waiting, progress, seek, ended, error. */
export class ElementPlayer extends EventTarget {
  #element;

  constructor(source) {
    super();
    this.#element = source instanceof HTMLMediaElement ? source : new Audio(source);
    if (!this.#element.preload || this.#element.preload === "auto") this.#element.preload = "metadata";
    this.isComplete = true;
    const told = { play: "play", pause: "pause", waiting: "waiting", loadedmetadata: "progress", durationchange: "progress", seeked: "seek", ended: "ended", error: "error" };
    for (const [name, as] of Object.entries(told)) {
      this.#element.addEventListener(name, () => {
        if (name === "pause" && this.#element.ended) return;
        this.dispatchEvent(new Event(as));
      });
    }
  }

  get element() {
    return this.#element;
  }

  get isPlaying() {
    return !this.#element.paused && !this.#element.ended;
  }

  get currentTime() {
    return this.#element.currentTime;
  }

  get duration() {
    return Number.isFinite(this.#element.duration) ? this.#element.duration : 0;
  }

  get volume() {
    return this.#element.volume;
  }

  set volume(value) {
    this.#element.volume = value;
  }

  play() {
    return this.#element.play();
  }

  pause() {
    this.#element.pause();
  }

  seek(seconds) {
    this.#element.currentTime = Math.max(0, Math.min(seconds, this.duration || seconds));
  }

  close() {
    this.#element.pause();
    this.#element.removeAttribute("src");
    this.#element.load();
  }
}

let playing = null;

/** Only one player of the page plays at a time: call it for every player. */
export function playAlone(player) {
  player.addEventListener("play", () => {
    if (playing && playing !== player) playing.pause();
    playing = player;
  });
  return player;
}
