// Recent results: the account's, or those of this browser.

import { fetchJson } from "./api.js";
import { clock } from "../../website/js/formats.js";
import { toggleSample } from "./samples.js";

const KEY = "recent-speech";
const MOST = 12;

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]");
  } catch {
    return [];
  }
}

/** Keep a result in this browser: {uuid, text, voice, model, format, seconds, at}. */
export function remember(result) {
  const others = stored().filter((one) => one.uuid !== result.uuid);
  try {
    localStorage.setItem(KEY, JSON.stringify([result, ...others].slice(0, MOST)));
  } catch { /* storage is blocked */ }
}

const age = (at) => {
  const minutes = Math.round((Date.now() - new Date(at)) / 60000);
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (minutes < 60) return format.format(-minutes, "minute");
  return minutes < 1440 ? format.format(-Math.round(minutes / 60), "hour") : format.format(-Math.round(minutes / 1440), "day");
};

/** Results that are shown below the form. onRepeat: called with a result whose text is wanted again. */
export class RecentResults {
  constructor(root, { hasAccount, onRepeat }) {
    this.root = root;
    this.hasAccount = hasAccount;
    this.onRepeat = onRepeat;
    root.querySelector("#recent-clear")?.addEventListener("click", () => {
      localStorage.removeItem(KEY);
      this.refresh();
    });
  }

  async refresh() {
    const results = this.hasAccount ? (await fetchJson("/playground/recent/").catch(() => ({ results: [] }))).results : stored();
    const template = document.querySelector("#recent-template").content.firstElementChild;
    this.root.hidden = results.length === 0;
    this.root.querySelector("#recent-list").replaceChildren(...results.map((result) => this.#row(template.cloneNode(true), result)));
  }

  #row(row, result) {
    const part = (name) => row.querySelector(`[data-recent="${name}"]`);
    part("text").textContent = result.text || "A text that is no longer kept";
    part("facts").textContent = [result.voiceName ?? result.voice, result.seconds ? clock(result.seconds) : "", age(result.at)].filter(Boolean).join(" · ");
    part("share").href = `/share/${result.uuid}/`;
    part("play").setAttribute("aria-label", `Play: ${result.text.slice(0, 40)}`);
    part("play").addEventListener("click", () => {
      const gone = () => { part("facts").textContent = "This result has expired."; };
      toggleSample(part("play"), `/static/downloads/${result.uuid}/output.${result.format === "wav" ? "wav" : "mp3"}`, { onError: gone });
    });
    part("repeat").addEventListener("click", () => this.onRepeat(result));
    part("repeat").disabled = !result.text;
    return row;
  }
}
