// Follows a job that runs without a stream, until it ends.

import { ApiError, errorFrom, fetchJson } from "./api.js";

const POLL_MILLISECONDS = 1500;

/** State of a job from GET /v1/speech/results/, as often as it changes; returns the completed one. Throws ApiError if it fails. */
export async function followJob(uuid, { signal, onProgress }) {
  for (;;) {
    const state = await fetchJson(`speech/results/?uuid=${uuid}`, { signal });
    if (state.status === "completed") return state;
    if (state.status !== "queued" && state.status !== "processing") {
      throw state.error ? new ApiError({ status: 400, code: state.code, message: state.error }) : errorFrom({}, 500);
    }
    onProgress?.(state.progress ?? 0, state.seconds_left ?? null);
    await pause(POLL_MILLISECONDS, signal);
  }
}

function pause(milliseconds, signal) {
  return new Promise((done, fail) => {
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      fail(new DOMException("The page stopped waiting.", "AbortError"));
    }, { once: true });
  });
}
