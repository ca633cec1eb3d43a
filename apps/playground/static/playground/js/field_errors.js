// Errors beside fields: the place of a field's error has its id and `-error`.

/** Show an error beside a field; an empty message removes it. */
export function showFieldError(control, message) {
  const place = document.getElementById(`${control.id}-error`);
  place.textContent = message;
  place.hidden = !message;
  if (message) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}
