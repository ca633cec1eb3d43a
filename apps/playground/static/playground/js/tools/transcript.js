// A transcript that follows its recording: words are lit while they are heard, and a click on one seeks to it.

import { clock } from "../../../website/js/formats.js";
import { element } from "./elements.js";

export class Transcript {
  constructor(root, { player }) {
    this.root = root;
    this.player = player;
    this.names = new Map();
    this.words = [];
    this.lit = null;
    root.addEventListener("click", (event) => {
      const word = event.target.closest("[data-start]");
      if (word) this.seek(Number(word.dataset.start));
    });
    root.addEventListener("keydown", (event) => this.move(event));
    const follow = () => {
      this.follow(player.currentTime);
      if (!player.paused) this.frame = requestAnimationFrame(follow);
    };
    player.addEventListener("play", follow);
    player.addEventListener("seeked", () => this.follow(player.currentTime));
    player.addEventListener("pause", () => cancelAnimationFrame(this.frame));
  }

  /** Empty it for a new job, whose text arrives in pieces. */
  begin() {
    this.root.replaceChildren();
    this.root.setAttribute("aria-busy", "true");
    this.words = [];
    this.lit = null;
    this.names.clear();
    this.windows = new Map();
  }

  /** Show text of a job that is still running: one window of the recording. Pieces arrive in any order, and an attempt may repeat them. */
  addWindow({ part, start, segments }) {
    if (!segments?.length) return;
    this.windows.set(`${part}:${start}`, { start, text: segments.map((segment) => segment.text).join(" ") });
    const ordered = [...this.windows.values()].sort((a, b) => a.start - b.start);
    this.root.replaceChildren(...ordered.map((window) => element("p", { class: "muted", text: window.text })));
  }

  /** Show the whole transcript. */
  show({ segments, language }) {
    this.root.removeAttribute("aria-busy");
    this.root.lang = language || "";
    this.speakers = [...new Set(segments.map((segment) => segment.speaker).filter(Boolean))];
    if (segments.length === 0) {
      this.root.replaceChildren(element("p", { class: "muted", text: "No words were heard in this recording." }));
      return;
    }
    this.root.replaceChildren(...turnsOf(segments).map((turn) => this.turn(turn)));
    this.words = [...this.root.querySelectorAll("[data-start]")].map((word) => ({ word, start: Number(word.dataset.start), end: Number(word.dataset.end) }));
    if (this.words[0]) this.words[0].word.tabIndex = 0;
  }

  turn({ speaker, segments }) {
    const time = element("span", { class: "mono small muted", text: clock(segments[0].start) });
    const head = element("div", { class: "turn-head" }, time);
    if (speaker) head.prepend(element("strong", { "data-name": speaker, "data-speaker": String(this.speakers.indexOf(speaker) % 6), text: speaker }));
    const text = element("p");
    for (const segment of segments) text.append(...wordsOf(segment));
    return element("div", { class: "turn" }, head, text);
  }

  rename(speaker, name) {
    this.names.set(speaker, name);
    for (const shown of this.root.querySelectorAll(`[data-name="${CSS.escape(speaker)}"]`)) shown.textContent = name;
  }

  seek(seconds) {
    this.player.currentTime = seconds;
    this.follow(seconds);
    this.player.play().catch(() => {});
  }

  /** Arrows move among the words, Enter hears one. */
  move(event) {
    const index = this.words.findIndex(({ word }) => word === document.activeElement);
    if (index < 0) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      return this.seek(this.words[index].start);
    }
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 10, ArrowUp: -10, Home: -index, End: this.words.length }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(this.words.length - 1, index + step));
    this.words[index].word.tabIndex = -1;
    this.words[next].word.tabIndex = 0;
    this.words[next].word.focus();
  }

  follow(seconds) {
    let [low, high] = [0, this.words.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.words[middle].start <= seconds + 0.02) low = middle + 1;
      else high = middle;
    }
    const found = this.words[low - 1];
    const word = found && seconds < found.end + 0.25 ? found.word : null;
    if (word === this.lit) return;
    this.lit?.removeAttribute("data-lit");
    word?.setAttribute("data-lit", "");
    this.lit = word;
  }
}

/** Segments by turns: neighbours of one speaker together; without speakers, until a pause of two seconds. */
function turnsOf(segments) {
  const turns = [];
  for (const segment of segments) {
    const last = turns.at(-1);
    const before = last?.segments.at(-1);
    if (last && last.speaker === segment.speaker && segment.start - before.end < 2) last.segments.push(segment);
    else turns.push({ speaker: segment.speaker, segments: [segment] });
  }
  return turns;
}

function wordsOf(segment) {
  const words = segment.words?.length ? segment.words : [{ word: segment.text, start: segment.start, end: segment.end }];
  return words.flatMap(({ word, start, end, probability }) => [
    element("span", {
      class: "word",
      tabindex: -1,
      "data-start": start,
      "data-end": end,
      "data-unsure": probability !== undefined && probability < 0.4,
      text: word,
    }),
    " ",
  ]);
}
