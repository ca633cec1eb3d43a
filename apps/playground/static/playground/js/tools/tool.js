// A tool's page: recording, fields, progress, errors, result. Each page's own script says what to show.

import { ApiError, explain } from "../api.js";
import { showFieldError } from "../field_errors.js";
import { showRequest } from "../request_panel.js";
import { runJob } from "../jobs.js";
import { RESUMABLE_BYTES, ResumableUpload } from "../resumable.js";
import { Source } from "./source.js";
import { clock } from "../../../website/js/formats.js";
import { element, shortNumber } from "./elements.js";

const ANNOUNCED_MILLISECONDS = 5000;

export class Tool {
  /**
   * show(result, tool): shows the result of a completed job, may be asynchronous. begin(tool): the work begins. onEvent(event, tool): live events.
   * checkMore(tool): message about something that is missing, empty if nothing is. moreFields(tool): further [name, value] of the request.
   */
  constructor({ show, begin, onEvent, checkMore, moreFields, onRecording, needsSource = true }) {
    Object.assign(this, { show, begin, onEvent, checkMore, moreFields, onRecording, needsSource });
    this.root = document.querySelector("[data-tool]");
    this.form = this.root.querySelector("[data-form]");
    this.part = (name) => this.root.querySelector(`[data-tool-part="${name}"]`);
    const source = this.root.querySelector("[data-source]");
    this.source = source && new Source(source, { onChange: (recording) => this.takeRecording(recording) });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
    this.form.addEventListener("input", () => this.updateRequest());
    this.form.addEventListener("change", (event) => this.changed(event));
    this.part("cancel")?.addEventListener("click", () => this.abort?.abort());
    this.prepareFields();
    this.choosePanel();
  }

  get recording() {
    return this.source?.recording ?? null;
  }

  /** The form of the request that is chosen, of a page with several. */
  get panel() {
    return this.form.querySelector("[data-panel]:not([hidden])");
  }

  prepareFields() {
    for (const range of this.form.querySelectorAll('input[type="range"][data-field]')) {
      const shown = range.closest(".field").querySelector("output");
      const update = () => (shown.textContent = `${Number(range.value)}×`);
      range.addEventListener("input", update);
      update();
    }
    for (const button of this.form.querySelectorAll("[data-hear]")) {
      const select = document.getElementById(button.dataset.hear);
      const update = () => (button.hidden = !select.selectedOptions[0]?.dataset.sample);
      select.addEventListener("change", update);
      button.addEventListener("click", () => this.hear(select.selectedOptions[0].dataset.sample));
      update();
    }
  }

  hear(url) {
    this.voiceSample?.pause();
    this.voiceSample = new Audio(url);
    this.voiceSample.play().catch(() => this.fail(new ApiError({ status: 422, message: "This voice has no sample that can be played now." })));
  }

  changed(event) {
    if (event.target.matches("[data-choose-panel]")) this.choosePanel();
    this.updateRequest();
  }

  choosePanel() {
    const chosen = this.form.querySelector("[data-choose-panel]:checked")?.value;
    if (chosen) {
      for (const panel of this.form.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== chosen;
    }
    const action = this.part("action-text");
    if (action) action.textContent = this.panel.dataset.action;
    this.updateRequest();
  }

  takeRecording(recording) {
    this.showPrice(recording);
    this.fail(null);
    this.onRecording?.(recording, this);
    this.updateRequest();
    if ("examplesOnly" in this.root.dataset) this.showExample(recording?.example);
  }

  /** Show the stored result of a sample to a visitor, who cannot have it worked on. */
  async showExample(address) {
    this.part("result")?.toggleAttribute("hidden", true);
    this.part("nothing")?.toggleAttribute("hidden", false);
    if (!address) return;
    try {
      const answer = await fetch(address);
      if (!answer.ok) throw new ApiError({ status: answer.status, message: "The example could not be loaded." });
      this.begin?.(this);
      await this.showResult(await answer.json());
    } catch (error) {
      this.fail(error);
    }
  }

  showPrice(recording) {
    const place = this.part("price");
    const perMinute = Number(place?.dataset.minuteCredits);
    if (!place || !perMinute) return;
    place.textContent = recording?.seconds
      ? `About ${shortNumber(Math.max(0.001, (perMinute * recording.seconds) / 60))} credits for ${clock(recording.seconds)}`
      : place.dataset.rate;
  }

  /** Fields whose value differs from the API's default, as [name, value]. */
  readFields() {
    const fields = [];
    for (const control of this.panel.querySelectorAll("[data-field]")) {
      const value = control.type === "checkbox" ? String(control.checked) : control.value;
      if (value !== control.dataset.default) fields.push([control.name, value]);
    }
    return [...fields, ...(this.moreFields?.(this) ?? [])];
  }

  /** Show the request as it would be sent now. */
  updateRequest() {
    const { panel } = this;
    const fields = this.readFields();
    const name = this.recording?.name || panel.dataset.exampleFile;
    const hasFile = this.needsSource || this.recording;
    showRequest(this.root.querySelector("[data-request]"), {
      path: `/v1/${panel.dataset.endpoint}`,
      ...(hasFile ? { fields: Object.fromEntries(fields), files: { [panel.dataset.fileField]: name } } : { json: Object.fromEntries(fields) }),
      saves: this.resultName(fields, name),
    });
  }

  resultName(fields, fileName) {
    const name = this.panel.dataset.resultName;
    if (!name) return "";
    const format = fields.find(([field]) => field === "format")?.[1];
    if (name.endsWith(".zip")) return name;
    if (name.includes(".")) return format ? name.replace(/\.\w+$/, `.${format}`) : name;
    return `${name}.${format || this.panel.querySelector('[name="format"]')?.value || fileName.split(".").pop()}`;
  }

  /** Say what is missing, beside it; false if nothing is. */
  findGap() {
    if (this.needsSource && !this.recording) {
      this.source.fail("Choose a recording first, or try the sample.");
      this.source.input.focus();
      return true;
    }
    for (const control of this.panel.querySelectorAll("[data-field]")) {
      this.markField(control.name, control.validity.valid && !(control.required && !control.value.trim()) ? "" : control.validationMessage || "Fill this in.");
    }
    const wrong = this.panel.querySelector('[data-field][aria-invalid="true"]');
    wrong?.closest("details")?.setAttribute("open", "");
    wrong?.focus();
    return Boolean(wrong) || Boolean(this.checkMore?.(this));
  }

  markField(name, message) {
    const control = this.panel.querySelector(`[data-field][name="${CSS.escape(name)}"]`);
    if (!control || !document.getElementById(`${control.id}-error`)) return false;
    showFieldError(control, message);
    return true;
  }

  /** The request as a form. A large recording is sent before, in pieces that continue after a break, and named by its id. */
  async makeForm() {
    const form = new FormData();
    for (const [name, value] of this.readFields()) form.append(name, value);
    if (!this.recording) return form;
    const { blob, name } = this.recording;
    if (blob.size < RESUMABLE_BYTES || !("takesUploads" in this.panel.dataset)) form.append(this.panel.dataset.fileField, blob, name);
    else form.append("upload_id", await this.sendInPieces(blob, name));
    return form;
  }

  sendInPieces(blob, name) {
    const file = blob instanceof File ? blob : new File([blob], name, { type: blob.type });
    const upload = new ResumableUpload(file, {
      owner: this.root.dataset.owner,
      signal: this.abort.signal,
      onProgress: (share) => this.report("Sending the recording", share),
      onState: (text) => text && this.report(text, null),
    });
    return upload.run();
  }

  async run() {
    if (this.abort || !this.part("action") || this.findGap()) return;
    this.abort = new AbortController();
    this.fail(null);
    this.begin?.(this);
    this.showBusy(true);
    this.report("Sending the recording", 0);
    try {
      const result = await runJob(this.panel.dataset.endpoint, await this.makeForm(), {
        signal: this.abort.signal,
        onUpload: (share) => this.report(share < 1 ? "Sending the recording" : "Checking the recording", share < 1 ? share : null),
        onQueued: () => this.report("Waiting for a worker", null),
        onProgress: (progress) => this.showProgress(progress),
        onEvent: "visitor" in this.root.dataset ? undefined : (event) => this.onEvent?.(event, this),
        hasAccount: !("visitor" in this.root.dataset),
      });
      this.report("Done", 1);
      await this.showResult(result);
    } catch (error) {
      if (error.name === "AbortError") this.report("Cancelled", 0);
      else this.fail(error);
    } finally {
      this.abort = null;
      this.showBusy(false);
    }
  }

  async showResult(result) {
    const warnings = [...(result.queued?.warnings ?? []), ...(result.warnings ?? []), ...(result.result?.warnings ?? [])];
    const list = this.part("warnings");
    list.replaceChildren(...[...new Set(warnings)].map((text) => element("li", { text })));
    list.hidden = warnings.length === 0;
    this.part("charged").textContent = result.uuid === "example" ? "Example" : result.credits_used ? `${shortNumber(result.credits_used)} credits` : "Free of charge";
    this.part("nothing").hidden = true;
    this.part("result").hidden = false;
    await this.show(result, this);
    this.part("result-title").focus({ preventScroll: true });
    if (this.part("result").getBoundingClientRect().top > innerHeight * 0.7) this.part("result").scrollIntoView({ block: "start" });
    this.root.dataset.done = result.uuid;
  }

  showProgress({ share, secondsLeft, status }) {
    if (status === "queued") return this.report("Waiting for a worker", null);
    const left = secondsLeft ? `, about ${secondsLeft < 90 ? `${secondsLeft} seconds` : clock(secondsLeft)} left` : "";
    this.report(`Working: ${Math.round(share * 100)} %${left}`, share || null);
  }

  /** Show a stage; screen readers hear a new stage at once, and numbers every few seconds. */
  report(text, share) {
    const bar = this.part("bar");
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
    this.part("stage").textContent = text;
    const stage = text.split(":")[0];
    if (stage === this.said && performance.now() - this.saidAt < ANNOUNCED_MILLISECONDS) return;
    this.said = stage;
    this.saidAt = performance.now();
    this.part("live").textContent = text;
  }

  showBusy(isBusy) {
    this.part("progress").hidden = !isBusy;
    this.part("action").disabled = isBusy;
    this.form.setAttribute("aria-busy", String(isBusy));
    if (isBusy) delete this.root.dataset.done;
  }

  /** Show an error beside its field if it has one, and above the button; null removes it. */
  fail(error) {
    const place = this.part("error");
    place.hidden = !error;
    if (!error) return place.replaceChildren();
    const known = error instanceof ApiError ? error : new ApiError({ status: 422, message: error.message });
    const { title, text, action } = explain(known, { isVisitor: "visitor" in this.root.dataset });
    if (known.param && known.status === 400) this.markField(known.param, text);
    const lines = element("div", {}, element("strong", { text: title }), element("p", { text }));
    if (action) lines.append(element("a", { href: action.href, text: action.text }));
    place.replaceChildren(lines);
    place.scrollIntoView({ block: "nearest" }); // what began elsewhere, such as a live transcription, may end far from it
  }
}

/** The file of a completed job as {blob, seconds, url}; blob is null where a store elsewhere lets pages play it, but not read it. */
export async function fetchSound(url, seconds = null) {
  let answer;
  try {
    answer = await fetch(url);
  } catch {
    return { blob: null, seconds, url };
  }
  if (!answer.ok) throw new ApiError({ status: answer.status, message: "The result could not be loaded." });
  return { blob: await answer.blob(), seconds, url };
}
