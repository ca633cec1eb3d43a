// Page /voice-cloning/.

import { toast } from "../../../../website/js/site.js";
import { explain, fetchJson } from "../../api.js";
import { Consent } from "../../consent.js";
import { showFieldError } from "../../field_errors.js";
import { Tool } from "../tool.js";
import { clock } from "../../../../website/js/formats.js";
import { element, localAddress } from "../elements.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const consent = new Consent(find("consent-form"), { onChange: () => tool.updateRequest() });
const languages = new Intl.DisplayNames(["en"], { type: "language" });
let voiceId = "";

const tool = new Tool({
  checkMore() {
    const missing = consent.findMissing();
    missing?.focus();
    return missing ? "consent" : "";
  },
  moreFields: () => consent.fields,
  async show(result) {
    const url = localAddress(result.result_url);
    find("cloned").src = url;
    Object.assign(find("download"), { href: url, download: `cloned.${result.format}` });
    voiceId = result.queued?.voice_id ?? "";
    showReport(result.voice ?? (voiceId ? await fetchJson(`voices/${voiceId}/`) : unkeptVoice(result)));
  },
});

/** What is known of the voice of a visitor, which nothing is kept of. */
const unkeptVoice = (result) => ({ model: result.queued.model_used ?? tool.form.querySelector("[name=model]").value, samples: [{ seconds: tool.recording.seconds }] });

/** Findings about the recording and the voice. */
function showReport(voice) {
  const seconds = voice.samples.reduce((sum, sample) => sum + sample.seconds, 0);
  const fit = voice.is_fitted
    ? "Fitted to the speaker"
    : voice.state === "training"
      ? "A likeness speaks while the voice is fitted"
      : "A likeness: the nearest mix of built-in voices";
  const rows = [
    ["Voice", fit],
    ["Recording", clock(seconds)],
    ...("language" in voice ? [["Language heard", voice.language ? languages.of(voice.language) : "Unknown"], ["Register", voice.gender]] : []),
    ["Model", voice.model],
    ...(voiceId ? [["Voice id", voice.voice_id]] : []),
  ];
  if (voice.error) rows.push(["Note", voice.error]);
  find("report").replaceChildren(...rows.flatMap(([name, value]) => [element("dt", { text: name }), element("dd", { text: value })]));
  const warnings = find("voice-warnings");
  warnings.replaceChildren(...(voice.warnings ?? []).map((text) => element("li", { text })));
  warnings.hidden = !voice.warnings?.length;
  const keep = find("keep");
  if (keep) keep.hidden = Boolean(voice.name) || !voiceId; // the voice of an example is nobody's
}

find("keep")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = document.getElementById("voice-name");
  const button = event.target.querySelector("button");
  if (!name.value.trim()) return showFieldError(name, "Give the voice a name.");
  showFieldError(name, "");
  button.disabled = true;
  try {
    const voice = await fetchJson(`voices/${voiceId}/`, { method: "PATCH", json: { name: name.value.trim() } });
    toast(`${voice.name} is kept among your voices.`, "success");
    find("keep").dataset.kept = voice.voice_id;
    find("keep").hidden = true;
  } catch (error) {
    showFieldError(name, explain(error, { isVisitor: false }).text);
  } finally {
    button.disabled = false;
  }
});
