// A job from its upload to its result: progress by the job's events, cancellation, and the result.

import { API, ApiError, fetchJson } from "./api.js";
import { sendForm } from "./sending.js";

const POLL_MILLISECONDS = 1500;
const LIVE_EVENTS = ["started", "progress", "transcript", "words"];
const RUNNING = ["queued", "processing", "cancelling"];

/**
 * Send a form to an endpoint and wait for its job.
 *
 * onUpload(share) and onProgress({share, secondsLeft, status}) report; onEvent(event) gets the job's live events. Returns the body of
 * /v1/speech/results/ with `queued`, the body of the first answer. Throws ApiError, or AbortError once `signal` is aborted: the job is cancelled then,
 * unless it is a visitor's (hasAccount false), who may not cancel.
 */
export async function runJob(endpoint, form, { onUpload, onQueued, onProgress, onEvent, signal, hasAccount = true }) {
  const queued = await sendForm(`${endpoint}?async=1`, form, { onProgress: onUpload, signal, isAwaited: true }); // once all is sent a job may exist, which is cancelled below
  onQueued?.(queued);
  const cancel = () => hasAccount && fetchJson(`jobs/${queued.uuid}/cancel/`, { method: "POST" }).catch(() => {});
  signal?.addEventListener("abort", cancel, { once: true });
  if (signal?.aborted) {
    await cancel();
    throw new DOMException("Stopped", "AbortError");
  }
  try {
    const result = await followJob(queued.uuid, { onProgress, onEvent, signal });
    return { ...result, queued };
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

/**
 * Wait for the end of a job, and return the body of /v1/speech/results/. Throws ApiError for a job that failed, was cancelled or is gone.
 *
 * The result is asked for again and again. With onEvent the job's live events are read too, which needs an account; they are hints.
 */
export function followJob(uuid, { onProgress, onEvent, signal } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new DOMException("Stopped", "AbortError"));
    const events = onEvent && new EventSource(`${API}jobs/${uuid}/events/`);
    let isAsking = false;
    let isOver = false;
    const finish = (settle, value) => {
      if (isOver) return;
      isOver = true;
      clearInterval(timer);
      events?.close();
      signal?.removeEventListener("abort", stop);
      settle(value);
    };
    const stop = () => finish(reject, new DOMException("Stopped", "AbortError"));
    const ask = async () => {
      if (isAsking || isOver) return;
      isAsking = true;
      try {
        const result = await fetchJson(`speech/results/?uuid=${uuid}`, { signal });
        if (result.status === "completed") finish(resolve, result);
        else if (RUNNING.includes(result.status)) onProgress?.({ share: result.progress ?? 0, secondsLeft: result.seconds_left ?? null, status: result.status });
        else finish(reject, endOf(result, uuid));
      } catch (error) {
        if (error.status && error.status !== 429 && error.status < 500) finish(reject, error);
      }
      isAsking = false;
    };
    const timer = setInterval(ask, POLL_MILLISECONDS);
    if (events) {
      for (const kind of LIVE_EVENTS) events.addEventListener(kind, (event) => onEvent(JSON.parse(event.data)));
      events.addEventListener("end", ask);
      events.addEventListener("error", () => events.readyState === EventSource.CLOSED && ask());
    }
    ask();
    signal?.addEventListener("abort", stop);
  });
}

/** The error of a job that ended without a result: a failure with its code, or its end by somebody (`cancelled`) or by time (`expired`). */
export function endOf({ status, code, error }, uuid = "") {
  const known = { cancelled: "The job was cancelled.", expired: "The result is not kept any more." };
  return new ApiError({ status: 422, code: code || status, message: error || known[status] || "The job failed.", uuid });
}
