// The dialog that chooses a model, each with a sample: by mouse, touch and keyboard.

import { toast } from "../../website/js/site.js";
import { stopSamples, toggleSample } from "./samples.js";

/** Picker over playground/components/model_dialog.html. */
export class ModelPicker {
  #dialog;

  /** samples: address of each model's sample, by its id. onChoose: called with the id of a model. */
  constructor(dialog, { samples, onChoose }) {
    this.#dialog = dialog;
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
      const button = event.target.closest(".voice-row button");
      if (!button) return;
      const id = button.closest(".voice-row").dataset.model;
      if (button.matches(".voice-play")) {
        toggleSample(button, samples[id], { onError: () => toast("This sample cannot be played now. Try again in a minute.", "danger") });
      } else {
        dialog.close();
        onChoose(id);
      }
    });
    dialog.addEventListener("keydown", (event) => this.#onKey(event));
    dialog.addEventListener("close", () => stopSamples());
  }

  /** Open the dialog. current: id of the chosen model. */
  open(current) {
    for (const row of this.#dialog.querySelectorAll(".voice-row")) {
      row.querySelector(".voice-choose").setAttribute("aria-current", String(row.dataset.model === current));
    }
    this.#dialog.showModal();
    this.#dialog.querySelector('[aria-current="true"]:not(:disabled)')?.focus();
  }

  #onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const kind = [".voice-choose", ".voice-play"].find((one) => document.activeElement?.matches(one));
    if (!step || !kind) return;
    event.preventDefault();
    const buttons = [...this.#dialog.querySelectorAll(`${kind}:not(:disabled)`)];
    buttons[buttons.indexOf(document.activeElement) + step]?.focus();
  }
}
