// Live transcription on the page of speech to text: its button, its level, the words as they come.

import { ApiError } from "../api.js";
import { clock } from "../../../website/js/formats.js";
import { element } from "./elements.js";
import { LiveSocket } from "./live_socket.js";

const LEVEL_GAIN = 4;

export class LiveTranscription {
  /** tool: the page's Tool. view: element for the words. onDone({segments, language}, {wav, seconds}): the end, with at least one word or none. */
  constructor(tool, { view, onBegin, onDone }) {
    Object.assign(this, { tool, view, onBegin, onDone });
    this.socket = null;
    this.part = (name) => tool.form.querySelector(`[data-live="${name}"]`);
    this.part("start").addEventListener("click", () => this.start());
    this.part("stop").addEventListener("click", () => this.stop());
    window.addEventListener("pagehide", () => this.socket?.stop());
  }

  async start() {
    this.tool.fail(null);
    this.tool.source.fail("");
    if ("visitor" in this.tool.root.dataset) {
      this.tool.source.fail("Live transcription needs a free account.", { href: `/account/signup/?next=${encodeURIComponent(location.pathname)}`, text: "Sign up" });
      return;
    }
    if (this.tool.abort || this.socket) return;
    const socket = new LiveSocket();
    this.socket = socket;
    this.segments = [];
    this.part("stage").textContent = "Connecting";
    this.part("time").textContent = clock(0);
    this.tool.source.show("live");
    this.setBusy(true);
    for (const [name, handle] of Object.entries(this.handlers)) socket.addEventListener(name, ({ detail }) => handle(detail));
    try {
      await socket.start({ worklet: this.tool.form.querySelector('[data-part="live"]').dataset.worklet, ...this.options });
    } catch (error) {
      this.close();
      if (error instanceof ApiError) this.tool.fail(error);
      else this.tool.source.fail(error.message);
      return;
    }
    this.part("stop").focus();
  }

  get options() {
    const value = (name) => this.tool.panel.querySelector(`[name="${name}"]`)?.value ?? "";
    return { model: value("model"), language: value("language"), hotwords: value("hotwords") };
  }

  get handlers() {
    return {
      open: () => this.begin(),
      level: (level) => {
        this.part("meter").value = Math.min(1, level.rms * LEVEL_GAIN);
        this.part("time").textContent = clock(level.seconds);
      },
      interim: (text) => (this.growing.textContent = text),
      final: (segment) => this.add(segment),
      end: (end) => this.finish(end),
    };
  }

  begin() {
    this.part("stage").textContent = "Listening";
    this.onBegin();
    this.growing = element("p", { class: "live-growing muted", "data-live-growing": true, "aria-hidden": "true" });
    this.said = element("div", { class: "live-said", role: "log", "aria-label": "Live transcript" });
    this.view.replaceChildren(this.said, this.growing);
  }

  add(segment) {
    this.segments.push(segment);
    this.growing.textContent = "";
    const isNear = this.view.getBoundingClientRect().bottom - innerHeight < 200;
    this.said.append(element("p", {}, element("span", { class: "mono small muted", text: clock(segment.start) }), " ", segment.text));
    if (isNear) this.growing.scrollIntoView({ block: "nearest" });
  }

  stop() {
    this.part("stage").textContent = "Waiting for the last words";
    this.part("stop").disabled = true;
    this.socket.stop();
  }

  finish({ wav, seconds, error, languages }) {
    this.close();
    if (error) this.tool.fail(error);
    const { language } = this.options;
    this.onDone({ segments: this.segments, language: languages[0] ?? (language === "auto" ? "" : language) }, { wav, seconds });
  }

  close() {
    this.socket = null;
    this.part("stop").disabled = false;
    this.setBusy(false);
    this.tool.source.show(this.tool.recording ? "chosen" : "empty");
  }

  setBusy(isBusy) {
    const action = this.tool.part("action");
    if (action) action.disabled = isBusy;
  }
}
