// Says what went wrong with a passkey: django-allauth's scripts report it on the document.
import { toast } from "/static/website/js/site.js";

const REASONS = {
  NotAllowedError: "The passkey was not used: it was cancelled, or took too long. Try again.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys need https, or localhost.",
  NotSupportedError: "This browser or device does not support passkeys.",
};

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  toast(REASONS[event.detail.exception?.name] ?? "The passkey could not be used. Try again.", "danger");
});
