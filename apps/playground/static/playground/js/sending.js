// Sends files with progress, which fetch does not tell.

import { API, ApiError, csrfToken, errorFrom } from "./api.js";

/**
 * Send a body and return the JSON of the answer; throws ApiError, or AbortError once `signal` is aborted.
 *
 * onProgress: share that was sent, 0 to 1. isAwaited: what was sent wholly is not aborted any more, its answer is waited for.
 */
export function sendBody(url, body, { method = "POST", headers = {}, onProgress, signal, isAwaited = false } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let isSent = false;
    const abort = () => (isSent && isAwaited) || request.abort();
    const settle = (settled, value) => {
      signal?.removeEventListener("abort", abort);
      settled(value);
    };
    request.open(method, url);
    request.setRequestHeader("Accept", "application/json");
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) onProgress?.(event.loaded / event.total); });
    request.upload.addEventListener("load", () => { isSent = true; });
    request.addEventListener("load", () => {
      const answer = parse(request.responseText);
      if (request.status >= 200 && request.status < 300) settle(resolve, answer);
      else settle(reject, errorFrom(answer, request.status, Number(request.getResponseHeader("Retry-After")) || 0));
    });
    request.addEventListener("error", () => settle(reject, new ApiError({ status: 0, code: "unreachable", message: "The connection broke off." })));
    request.addEventListener("abort", () => settle(reject, new DOMException("Stopped", "AbortError")));
    if (signal?.aborted) return settle(reject, new DOMException("Stopped", "AbortError"));
    signal?.addEventListener("abort", abort);
    request.send(body);
  });
}

/** Send a form to the API by the session. */
export const sendForm = (path, form, options = {}) =>
  sendBody(API + path, form, { ...options, headers: { "X-CSRFToken": csrfToken(), ...options.headers } });

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a proxy's page, or nothing
  }
}
