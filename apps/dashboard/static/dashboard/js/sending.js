// Sends files with progress, which fetch does not tell.

import { API, ApiError, csrfToken, errorFrom } from "../../playground/js/api.js";

/** Send a body and return the JSON of the answer; throws ApiError, or AbortError. onProgress: share that was sent, 0 to 1. */
export function sendBody(url, body, { method = "POST", headers = {}, onProgress, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.setRequestHeader("Accept", "application/json");
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) onProgress?.(event.loaded / event.total); });
    request.addEventListener("load", () => {
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch { /* a proxy's page, or nothing */ }
      if (request.status >= 200 && request.status < 300) resolve(answer);
      else reject(errorFrom(answer, request.status, Number(request.getResponseHeader("Retry-After")) || 0));
    });
    request.addEventListener("error", () => reject(new ApiError({ status: 0, code: "unreachable", message: "The connection broke off." })));
    request.addEventListener("abort", () => reject(new DOMException("Stopped", "AbortError")));
    signal?.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

/** Send a form to the API by the session. */
export const sendForm = (path, form, options = {}) =>
  sendBody(API + path, form, { ...options, headers: { "X-CSRFToken": csrfToken(), ...options.headers } });
