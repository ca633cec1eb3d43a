// Page /voice-cloning/.

import { toast } from "../../../../website/js/site.js";
import { explain, fetchJson } from "../../api.js";
import { Tool } from "../tool.js";
import { clock } from "../../../../website/js/formats.js";
import { element, localAddress } from "../elements.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const consent = find("consent");
const speaker = find("consent-by");
const languages = new Intl.DisplayNames(["en"], { type: "language" });
let voiceId = "";

function mark(control, message) {
  const place = document.getElementById(`${control.id}-error`);
  place.textContent = message;
  place.hidden = !message;
  if (message) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

const tool = new Tool({
  checkMore() {
    mark(consent, consent.checked ? "" : "Tick this: a voice belongs to the person who speaks.");
    mark(speaker, speaker.value.trim() ? "" : "Enter the name of the speaker.");
    const wrong = [consent, speaker].find((control) => control.hasAttribute("aria-invalid"));
    wrong?.focus();
    return wrong ? "consent" : "";
  },
  moreFields: () => [
    ...(consent.checked ? [["consent", find("consent-text").textContent.trim()]] : []),
    ...(speaker.value.trim() ? [["consent_by", speaker.value.trim()]] : []),
  ],
  async show(result) {
    const url = localAddress(result.result_url);
    find("cloned").src = url;
    Object.assign(find("download"), { href: url, download: `cloned.${result.format}` });
    voiceId = result.queued.voice_id;
    await showReport();
  },
});

/** Findings about the recording and the voice. */
async function showReport() {
  const voice = await fetchJson(`voices/${voiceId}/`);
  const seconds = voice.samples.reduce((sum, sample) => sum + sample.seconds, 0);
  const fit = voice.is_fitted
    ? "Fitted to the speaker"
    : voice.state === "training"
      ? "A likeness speaks while the voice is fitted"
      : "A likeness: the nearest mix of built-in voices";
  const rows = [
    ["Voice", fit],
    ["Recording", clock(seconds)],
    ["Language heard", voice.language ? languages.of(voice.language) : "Unknown"],
    ["Register", voice.gender],
    ["Model", voice.model],
    ["Voice id", voice.voice_id],
  ];
  if (voice.error) rows.push(["Note", voice.error]);
  find("report").replaceChildren(...rows.flatMap(([name, value]) => [element("dt", { text: name }), element("dd", { text: value })]));
  const warnings = find("voice-warnings");
  warnings.replaceChildren(...(voice.warnings ?? []).map((text) => element("li", { text })));
  warnings.hidden = !voice.warnings?.length;
  find("keep").hidden = Boolean(voice.name);
}

find("keep").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = document.getElementById("voice-name");
  const button = event.target.querySelector("button");
  if (!name.value.trim()) return mark(name, "Give the voice a name.");
  mark(name, "");
  button.disabled = true;
  try {
    const voice = await fetchJson(`voices/${voiceId}/`, { method: "PATCH", json: { name: name.value.trim() } });
    toast(`${voice.name} is kept among your voices.`, "success");
    find("keep").dataset.kept = voice.voice_id;
    find("keep").hidden = true;
  } catch (error) {
    mark(name, explain(error, { isVisitor: false }).text);
  } finally {
    button.disabled = false;
  }
});

for (const control of [consent, speaker]) {
  control.addEventListener("input", () => {
    mark(control, "");
    tool.updateRequest();
  });
}
