// The voice library: samples, favourites, and voices from descriptions.

import { toast } from "../../website/js/site.js";
import { fetchJson } from "./api.js";
import { isStoredFavourite, toggleFavourite } from "./favourites.js";
import { ElementPlayer } from "./element_player.js";
import { decodeBase64 } from "./pcm.js";
import { PlayerView } from "./player_view.js";
import { showProblem } from "./problem.js";
import { toggleSample } from "./samples.js";

const $ = (selector) => document.querySelector(selector);
const filters = $("#library-filters");
const hasAccount = filters.dataset.hasAccount === "true";

function showStored() {
  if (hasAccount) return;
  for (const star of document.querySelectorAll("[data-star]")) star.setAttribute("aria-pressed", String(isStoredFavourite(star.dataset.star)));
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-sample], [data-star]");
  if (button?.dataset.sample) {
    toggleSample(button, button.dataset.sample, { onError: () => toast("This sample cannot be played now. Try again in a minute.", "danger") });
  } else if (button?.dataset.star) {
    try {
      button.setAttribute("aria-pressed", String(await toggleFavourite(button.dataset.star, { hasAccount })));
    } catch (error) {
      toast(error.message, "danger");
    }
  }
});

// The address holds the filters that are set, and no others.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target !== filters) return;
  for (const [name, value] of Object.entries(event.detail.parameters)) if (!value) delete event.detail.parameters[name];
});
// Typing has filtered already: leaving the field must not draw the list anew under the pointer.
filters.q.addEventListener("change", (event) => event.stopPropagation());
document.addEventListener("htmx:afterSwap", showStored);
showStored();

if ($("#design-form")) prepareDesign();

function prepareDesign() {
  const form = $("#design-form");
  const view = new PlayerView($("#design-player"));
  let variant = 0;
  let design = null;

  async function make() {
    showProblem($("#design-problem"), null);
    $("#design-button").disabled = true;
    $("#design-status").textContent = "Making the voice";
    try {
      design = await fetchJson("voice-design/", { json: { description: form.description.value, variant } });
      show();
    } catch (error) {
      showProblem($("#design-problem"), error, { isVisitor: false });
    } finally {
      $("#design-button").disabled = false;
      $("#design-status").textContent = "";
    }
  }

  function show() {
    $("#design-result").hidden = false;
    $("#design-variant").hidden = design.variants < 2;
    $("#design-understood").replaceChildren(...design.understood.map((one) => item(`${one.words.join(", ")}: ${one.effect}`)), ...design.warnings.map(item));
    $("#design-missed").hidden = !design.not_understood.length;
    $("#design-missed").textContent = `Not understood: ${design.not_understood.join(", ")}`;
    $("#design-use").href = `/?${new URLSearchParams({ voice: design.voice, model: design.model })}`;
    const blob = new Blob([decodeBase64(design.preview.audio_base64)], { type: "audio/mpeg" });
    view.attach(new ElementPlayer(URL.createObjectURL(blob))).play()?.catch(() => {});
    view.waveform.showBlob(blob);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    variant = 0;
    make();
  });
  $("#design-variant").addEventListener("click", () => {
    variant = (variant + 1) % design.variants;
    make();
  });
  for (const chip of document.querySelectorAll("[data-description]")) {
    chip.addEventListener("click", () => { form.description.value = chip.dataset.description; });
  }
  $("#design-keep").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { name, voice_id: id } = await fetchJson("voice-design/create/", {
        json: { name: event.target.elements.name.value, voice: design.voice, speed: design.speed, language: design.language },
      });
      toast(`${name} is kept among your voices.`, "success");
      location.assign(`/?${new URLSearchParams({ voice: id, model: design.model })}`);
    } catch (error) {
      showProblem($("#design-problem"), error, { isVisitor: false });
    }
  });
}

function item(text) {
  const row = document.createElement("li");
  row.textContent = text;
  return row;
}
