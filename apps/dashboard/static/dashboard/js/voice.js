// The page of one voice: its sample with a waveform, and further recordings.

import "./job_player.js";
import { sendForm } from "../../playground/js/sending.js";

const form = document.querySelector("#add-samples");

async function addSamples(event) {
  event.preventDefault();
  const [error, bar] = [form.querySelector("[data-error]"), form.querySelector("progress")];
  const [button, body] = [form.querySelector("button"), new FormData()];
  for (const file of form.elements.file.files) body.append("file", file);
  error.hidden = true;
  button.disabled = true;
  bar.hidden = false;
  try {
    await sendForm(`voices/${form.dataset.voice}/samples/`, body, { onProgress: (share) => { bar.value = 100 * share; } });
    location.reload();
  } catch (refused) {
    error.textContent = refused.message;
    error.hidden = false;
    button.disabled = false;
    bar.hidden = true;
  }
}

form?.addEventListener("submit", addSamples);
