// Consent of a voice's speaker, of every page that makes a voice: playground/components/consent.html.

import { showFieldError } from "./field_errors.js";

export class Consent {
  /** root: the element of the component. onChange(): a field has changed. */
  constructor(root, { onChange = () => {} } = {}) {
    this.agreed = root.querySelector("#voice-consent");
    this.speaker = root.querySelector("#consent-by");
    this.text = root.querySelector("[data-consent-text]").textContent.trim();
    for (const control of [this.agreed, this.speaker]) {
      control.addEventListener("input", () => {
        showFieldError(control, "");
        onChange();
      });
    }
  }

  /** Say what is missing beside it; returns the first field that lacks something, or undefined. */
  findMissing() {
    showFieldError(this.agreed, this.agreed.checked ? "" : "Tick this: a voice belongs to the person who speaks.");
    showFieldError(this.speaker, this.speaker.value.trim() ? "" : "Enter the name of the speaker.");
    return [this.agreed, this.speaker].find((control) => control.hasAttribute("aria-invalid"));
  }

  /** Fields of the request, as [name, value]. */
  get fields() {
    const name = this.speaker.value.trim();
    return [...(this.agreed.checked ? [["consent", this.text]] : []), ...(name ? [["consent_by", name]] : [])];
  }

  /** Show a refusal of the API beside its field; false if it is about another field. */
  showRefusal(param, message) {
    const control = { consent: this.agreed, consent_by: this.speaker }[param];
    if (control) showFieldError(control, message);
    return Boolean(control);
  }
}
