// The page that makes a voice: takes of the microphone, chosen files, the consent, and POST /web/v1/voice-clone/.

import { explain } from "../../playground/js/api.js";
import { Recorder } from "../../playground/js/recorder.js";
import { sendForm } from "../../playground/js/sending.js";
import { clock, formatBytes } from "../../website/js/formats.js";

const LONGEST_SECONDS = 60;
const form = document.querySelector("#new-voice");
const list = document.querySelector("#takes");
const template = document.querySelector("#take-template");
const takes = [];

function showError(field, message) {
  const place = form.querySelector(`[data-error-for="${field}"]`) ?? form.querySelector('[data-error-for=""]');
  place.textContent = message;
  place.hidden = false;
}

function clearErrors() {
  for (const place of form.querySelectorAll("[data-error-for]")) place.hidden = true;
}

function addTake(file, name = file.name) {
  if (takes.length >= Number(form.dataset.max)) {
    showError("file", `A voice has at most ${form.dataset.max} recordings in your plan. Remove one first.`);
    return;
  }
  const item = template.content.firstElementChild.cloneNode(true);
  const take = { file, item, url: URL.createObjectURL(file) };
  item.querySelector("[data-name]").textContent = `${name} · ${formatBytes(file.size)}`;
  item.querySelector("[data-play]").dataset.play = take.url;
  item.querySelector("[data-remove]").addEventListener("click", () => {
    takes.splice(takes.indexOf(take), 1);
    URL.revokeObjectURL(take.url);
    item.remove();
  });
  takes.push(take);
  list.append(item);
  form.querySelector('[data-error-for="file"]').hidden = true;
}

function setUpRecorder() {
  const button = document.querySelector("#record-button");
  const [label, icon] = [button.querySelector("[data-label]"), button.querySelector("use")];
  const [time, level] = [document.querySelector("#record-time"), document.querySelector("#record-level")];
  const recorder = new Recorder({ maxSeconds: LONGEST_SECONDS, isRaw: true });
  const show = (isRecording) => {
    label.textContent = isRecording ? "Stop" : "Record";
    icon.setAttribute("href", icon.getAttribute("href").replace(/#.*/, isRecording ? "#square" : "#mic"));
    button.setAttribute("aria-pressed", String(isRecording));
  };
  recorder.addEventListener("level", ({ detail }) => {
    level.value = detail.level;
    time.textContent = clock(detail.seconds);
  });
  recorder.addEventListener("stop", ({ detail }) => {
    show(false);
    level.value = 0;
    if (detail) addTake(detail, `Recording ${takes.length + 1}`);
  });
  button.addEventListener("click", async () => {
    if (recorder.isRecording) {
      recorder.stop();
      return;
    }
    clearErrors();
    try {
      await recorder.start();
      show(true);
    } catch (error) {
      showError("file", error.message);
    }
  });
}

function setUpFiles() {
  const input = document.querySelector("#voice-files");
  const zone = form.querySelector(".drop-zone");
  input.addEventListener("change", () => {
    for (const file of input.files) addTake(file);
    input.value = "";
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle("is-over", name === "dragover");
      if (name === "drop") for (const file of event.dataTransfer.files) addTake(file);
    });
  }
}

/** Fields that are missing, each with a sentence beside it. */
function findMissing() {
  const { name, consent_by: speaker } = form.elements;
  return [
    takes.length === 0 && ["file", "Record the speaker, or choose a recording.", document.querySelector("#record-button")],
    !name.value.trim() && ["name", "Give the voice a name.", name],
    !form.querySelector("#voice-consent").checked && ["consent", "A voice is made only with the consent of its speaker.", form.querySelector("#voice-consent")],
    !speaker.value.trim() && ["consent_by", "Name the speaker.", speaker],
  ].filter(Boolean);
}

async function makeVoice(event) {
  event.preventDefault();
  clearErrors();
  const missing = findMissing();
  for (const [field, message] of missing) showError(field, message);
  if (missing.length) {
    missing[0][2].focus();
    return;
  }
  const body = new FormData();
  for (const field of ["name", "model", "consent_by"]) body.append(field, form.elements[field].value.trim());
  body.append("consent", document.querySelector("#consent-text").textContent.trim());
  for (const { file } of takes) body.append("file", file, file.name);
  const [button, bar] = [form.querySelector('button[type="submit"]'), document.querySelector("#send-progress")];
  button.disabled = true;
  bar.hidden = false;
  try {
    const made = await sendForm("voice-clone/", body, { onProgress: (share) => { bar.value = 100 * share; } });
    location.assign(`${form.dataset.done}${made.voice_id}/`);
  } catch (error) {
    const told = explain(error, { isVisitor: false });
    const field = { reference_audio: "file", file: "file", name: "name", consent: "consent", consent_by: "consent_by" }[error.param] ?? "";
    showError(field, told.text || error.message);
    button.disabled = false;
    bar.hidden = true;
  }
}

if (form) {
  setUpRecorder();
  setUpFiles();
  form.addEventListener("submit", makeVoice);
}
