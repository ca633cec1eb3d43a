// The dialog that chooses a voice: search, filters, samples, favourites; by mouse, touch and keyboard.

import { toast } from "../../website/js/site.js";
import { fetchJson } from "./api.js";
import { isStoredFavourite, toggleFavourite } from "./favourites.js";
import { stopSamples, toggleSample } from "./samples.js";

let loading = null;

/** All voices that the visitor is offered, read once per page. */
export function loadVoices() {
  loading ??= fetchJson("/playground/voices/").then(({ voices }) => voices.map((voice) => ({ ...voice, favourite: voice.favourite || isStoredFavourite(voice.id) })))
    .catch((error) => {
      loading = null;
      throw error;
    });
  return loading;
}

/** "English (GB) · female · Kokoro" */
export const factsOf = (voice) => [voice.accent ? `${voice.languageName} (${voice.accent})` : voice.languageName, voice.gender, voice.modelName].filter(Boolean).join(" · ");

/** Voices that fit the filters: {text, language, gender, model, own, favourite}; empty ones hold for all. */
export function filterVoices(voices, { text = "", language = "", gender = "", model = "", own = false, favourite = false } = {}) {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return voices.filter((voice) => {
    const words = `${voice.name} ${voice.id} ${voice.description} ${factsOf(voice)}`.toLowerCase();
    return wanted.every((word) => words.includes(word)) && (!language || voice.language === language) && (!gender || voice.gender === gender)
      && (!model || voice.model === model) && (!own || voice.own) && (!favourite || voice.favourite);
  });
}

/** Picker over playground/components/voice_dialog.html. */
export class VoicePicker {
  #dialog;
  #hasAccount;
  #voices = [];
  #current = "";
  #onChoose = null;

  constructor(dialog, { hasAccount }) {
    this.#dialog = dialog;
    this.#hasAccount = hasAccount;
    for (const field of dialog.querySelectorAll("input[data-filter], select[data-filter]")) field.addEventListener("input", () => this.#draw());
    for (const button of dialog.querySelectorAll("button[data-filter]")) {
      button.addEventListener("click", () => {
        button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
        this.#draw();
      });
    }
    this.#part("reset").addEventListener("click", () => this.#reset());
    this.#part("list").addEventListener("click", (event) => this.#onClick(event));
    dialog.addEventListener("keydown", (event) => this.#onKey(event));
    dialog.addEventListener("close", () => stopSamples());
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  }

  #part(name) {
    return this.#dialog.querySelector(`[data-voices="${name}"]`);
  }

  /** Open the dialog. current: id of the chosen voice. onChoose: called with the voice. filters: to begin with. */
  async open({ current = "", onChoose, filters = {} }) {
    this.#current = current;
    this.#onChoose = onChoose;
    this.#dialog.showModal();
    try {
      this.#voices = await loadVoices();
    } catch {
      this.#dialog.close();
      toast("The voices could not be loaded. Try again.", "danger");
      return;
    }
    this.#fillSelects();
    for (const [name, value] of Object.entries(filters)) {
      const field = this.#dialog.querySelector(`select[data-filter="${name}"]`);
      if (field) field.value = value;
    }
    this.#draw();
    this.#dialog.querySelector('[data-filter="text"]').focus();
    this.#dialog.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "center" });
  }

  #fillSelects() {
    const options = (name, pairs) => {
      const select = this.#dialog.querySelector(`select[data-filter="${name}"]`);
      if (select.options.length > 1) return;
      const found = new Map(pairs);
      for (const [value, title] of [...found].sort((one, other) => one[1].localeCompare(other[1]))) select.add(new Option(title, value));
      select.hidden = found.size < 2;
    };
    options("language", this.#voices.map((voice) => [voice.language, voice.languageName]));
    options("gender", this.#voices.filter((voice) => voice.gender).map((voice) => [voice.gender, voice.gender[0].toUpperCase() + voice.gender.slice(1)]));
    options("model", this.#voices.map((voice) => [voice.model, voice.modelName]));
  }

  #filters() {
    const found = {};
    for (const field of this.#dialog.querySelectorAll("[data-filter]")) {
      found[field.dataset.filter] = field.matches("button") ? field.getAttribute("aria-pressed") === "true" : field.value;
    }
    return found;
  }

  #reset() {
    for (const field of this.#dialog.querySelectorAll("[data-filter]")) {
      if (field.matches("button")) field.setAttribute("aria-pressed", "false");
      else field.value = "";
    }
    this.#draw();
  }

  #draw() {
    const found = filterVoices(this.#voices, this.#filters());
    const template = document.querySelector("#voice-row-template").content.firstElementChild;
    this.#part("list").replaceChildren(...found.map((voice) => this.#row(template.cloneNode(true), voice)));
    this.#part("count").textContent = `${found.length} of ${this.#voices.length} voices`;
    this.#part("none").hidden = found.length > 0;
  }

  #row(row, voice) {
    row.dataset.voice = voice.id;
    row.dataset.model = voice.model;
    const [play, choose, star] = ["play", "choose", "star"].map((name) => row.querySelector(`.voice-${name}`));
    play.disabled = !voice.sample;
    play.setAttribute("aria-label", `Hear ${voice.name}`);
    row.querySelector(".voice-name").textContent = voice.name;
    row.querySelector(".voice-facts").textContent = factsOf(voice) + (voice.allowed ? "" : this.#hasAccount ? " · other plans" : " · with an account");
    choose.setAttribute("aria-current", String(voice.id === this.#current));
    choose.disabled = !voice.allowed;
    star.setAttribute("aria-pressed", String(voice.favourite));
    star.setAttribute("aria-label", `${voice.name} is a favourite`);
    return row;
  }

  #voiceOf(row) {
    return this.#voices.find((voice) => voice.id === row.dataset.voice && voice.model === row.dataset.model);
  }

  async #onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const voice = this.#voiceOf(button.closest(".voice-row"));
    if (button.matches(".voice-play")) {
      toggleSample(button, voice.sample, { onError: () => toast("This sample cannot be played now. Try again in a minute.", "danger") });
    } else if (button.matches(".voice-choose")) {
      this.#dialog.close();
      this.#onChoose?.(voice);
    } else {
      try {
        voice.favourite = await toggleFavourite(voice.id, { hasAccount: this.#hasAccount });
        button.setAttribute("aria-pressed", String(voice.favourite));
      } catch (error) {
        toast(error.message, "danger");
      }
    }
  }

  #onKey(event) {
    const rows = [...this.#part("list").querySelectorAll(".voice-choose:not(:disabled)")];
    const at = rows.indexOf(document.activeElement);
    const isSearch = document.activeElement?.matches('[data-filter="text"]');
    if (event.key === "ArrowDown" && (isSearch || at >= 0)) {
      event.preventDefault();
      rows[Math.min(at + 1, rows.length - 1)]?.focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      if (at === 0) this.#dialog.querySelector('[data-filter="text"]').focus();
      else rows[at - 1].focus();
    } else if (event.key === "Enter" && isSearch) {
      event.preventDefault();
      rows[0]?.click();
    } else if (event.key === " " && at >= 0) {
      event.preventDefault();
      rows[at].closest(".voice-row").querySelector(".voice-play:not(:disabled)")?.click();
    }
  }
}
