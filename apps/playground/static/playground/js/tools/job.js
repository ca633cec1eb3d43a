// A job from its upload to its result: progress by the job's events, cancellation, and the result.

import { API, ApiError, csrfToken, errorFrom, fetchJson } from "../api.js";

const POLL_MILLISECONDS = 1500;
const LIVE_EVENTS = ["started", "progress", "transcript", "words"];

/**
 * Send a form to an endpoint and wait for its job.
 *
 * onUpload(share) and onProgress({share, secondsLeft}) report; onEvent(event) gets the job's live events. Returns the body of
 * /v1/speech/results/ with `queued`, the body of the first answer. Throws ApiError, or AbortError once `signal` is aborted.
 */
export async function runJob(endpoint, form, { onUpload, onQueued, onProgress, onEvent, signal }) {
  const queued = await send(`${API}${endpoint}?async=1`, form, { onUpload, signal });
  onQueued?.(queued);
  const cancel = () => fetchJson(`jobs/${queued.uuid}/cancel/`, { method: "POST" }).catch(() => {});
  signal?.addEventListener("abort", cancel, { once: true });
  if (signal?.aborted) {
    await cancel();
    throw new DOMException("cancelled", "AbortError");
  }
  try {
    const result = await follow(queued.uuid, { onProgress, onEvent, signal });
    return { ...result, queued };
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

/** POST a form, with progress of its upload: fetch has none. */
export function send(url, form, { onUpload, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let isSent = false;
    const abort = () => isSent || request.abort(); // once all is sent a job may exist: its answer is awaited, and runJob cancels it
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.upload.onprogress = (event) => event.lengthComputable && onUpload?.(event.loaded / event.total);
    request.upload.onload = () => (isSent = true);
    request.onload = () => {
      signal?.removeEventListener("abort", abort);
      if (request.status === 200) resolve(JSON.parse(request.responseText));
      else reject(errorFrom(parse(request.responseText), request.status, Number(request.getResponseHeader("Retry-After")) || 0));
    };
    request.onerror = () => reject(new ApiError({ status: 0, code: "unreachable", message: "The recording could not be sent." }));
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) return reject(new DOMException("cancelled", "AbortError"));
    request.send(form);
  });
}

/** Wait for the end of a job. Events are hints: if their connection is lost, the result is asked for again and again. */
export function follow(uuid, { onProgress, onEvent, signal } = {}) {
  return new Promise((resolve, reject) => {
    const events = new EventSource(`${API}jobs/${uuid}/events/`);
    let isAsking = false;
    let isOver = false;
    const finish = (settle, value) => {
      if (isOver) return;
      isOver = true;
      clearInterval(timer);
      events.close();
      settle(value);
    };
    const ask = async () => {
      if (isAsking || isOver) return;
      isAsking = true;
      try {
        const result = await fetchJson(`speech/results/?uuid=${uuid}`, { signal });
        if (result.status === "completed") finish(resolve, result);
        else if (result.status === "failed") finish(reject, new ApiError({ status: 422, code: result.code, message: result.error, uuid }));
        else onProgress?.({ share: result.progress ?? 0, secondsLeft: result.seconds_left ?? null, status: result.status });
      } catch (error) {
        if (error.status && error.status !== 429 && error.status < 500) finish(reject, error);
      }
      isAsking = false;
    };
    const timer = setInterval(ask, POLL_MILLISECONDS);
    for (const kind of LIVE_EVENTS) events.addEventListener(kind, (event) => onEvent?.(JSON.parse(event.data)));
    events.addEventListener("end", ask);
    events.onerror = () => events.readyState === EventSource.CLOSED && ask();
    signal?.addEventListener("abort", () => finish(reject, new DOMException("cancelled", "AbortError")), { once: true });
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
