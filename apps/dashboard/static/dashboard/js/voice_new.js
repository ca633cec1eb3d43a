// The page that makes a voice: recordings, a name, the consent, and POST /web/v1/voice-clone/.

import { explain } from "../../playground/js/api.js";
import { Consent } from "../../playground/js/consent.js";
import { showFieldError } from "../../playground/js/field_errors.js";
import { sendForm } from "../../playground/js/sending.js";
import { Source } from "../../playground/js/tools/source.js";
import { clock, formatBytes } from "../../website/js/formats.js";

const form = document.querySelector("#new-voice");
const list = document.querySelector("#takes");
const template = document.querySelector("#take-template");
const banner = document.querySelector("#new-voice-error");
const takes = [];

function addTake({ blob, name, seconds, url, advice }) {
  if (takes.length >= Number(form.dataset.max)) {
    URL.revokeObjectURL(url);
    source.fail(`A voice has at most ${form.dataset.max} recordings in your plan. Remove one first.`);
    return;
  }
  const item = template.content.firstElementChild.cloneNode(true);
  const take = { file: blob, name };
  item.querySelector("[data-name]").textContent = [name, seconds && clock(seconds), formatBytes(blob.size)].filter(Boolean).join(" · ");
  item.querySelector("[data-play]").dataset.play = url;
  const hints = item.querySelector("[data-advice]");
  hints.textContent = advice.join(" ");
  hints.hidden = advice.length === 0;
  item.querySelector("[data-remove]").addEventListener("click", () => {
    takes.splice(takes.indexOf(take), 1);
    URL.revokeObjectURL(url);
    item.remove();
    source.input.focus();
  });
  takes.push(take);
  list.append(item);
}

/** Say what is missing beside each field; returns the first field that lacks something, or undefined. */
function findMissing() {
  const { name } = form.elements;
  source.fail(takes.length ? "" : "Record the speaker, or choose a recording.");
  showFieldError(name, name.value.trim() ? "" : "Give the voice a name.");
  const unsaid = consent.findMissing();
  if (!takes.length) return source.input;
  return name.hasAttribute("aria-invalid") ? name : unsaid;
}

function showRefusal(error) {
  const message = explain(error, { isVisitor: false }).text || error.message;
  if (["file", "reference_audio"].includes(error.param)) source.fail(message);
  else if (error.param === "name") showFieldError(form.elements.name, message);
  else if (!consent.showRefusal(error.param, message)) {
    banner.textContent = message;
    banner.hidden = false;
  }
}

async function makeVoice(event) {
  event.preventDefault();
  banner.hidden = true;
  const missing = findMissing();
  if (missing) {
    missing.focus();
    return;
  }
  const body = new FormData();
  for (const field of ["name", "model"]) body.append(field, form.elements[field].value.trim());
  for (const [field, value] of consent.fields) body.append(field, value);
  for (const { file, name } of takes) body.append("file", file, name);
  const [button, bar] = [form.querySelector('button[type="submit"]'), document.querySelector("#send-progress")];
  button.disabled = true;
  bar.hidden = false;
  try {
    const made = await sendForm("voice-clone/", body, { onProgress: (share) => { bar.value = 100 * share; } });
    location.assign(`${form.dataset.done}${made.voice_id}/`);
  } catch (error) {
    showRefusal(error);
    button.disabled = false;
    bar.hidden = true;
  }
}

const consent = form && new Consent(form.querySelector("[data-consent-form]"));
const source = form && new Source(form.querySelector("[data-source]"), { onChange: (recording) => recording && addTake(recording) });
if (form) {
  form.elements.name.addEventListener("input", () => showFieldError(form.elements.name, ""));
  form.addEventListener("submit", makeVoice);
}
