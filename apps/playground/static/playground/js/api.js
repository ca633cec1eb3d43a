// Requests to the API at /web/v1/, with the visitor's session or without one; errors in words for people.

import { readEvents } from "./sse.js";

export const API = "/web/v1/";

/** An answer that is no success. status 0: the server was not reached. */
export class ApiError extends Error {
  constructor({ status, code = "", message, param = null, retryAfter = 0, uuid = "" }) {
    super(message);
    this.name = "ApiError";
    Object.assign(this, { status, code, param, retryAfter, uuid });
  }
}

export const csrfToken = () =>
  document.querySelector('meta[name="csrf-token"]')?.content || /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] || "";

/**
 * Send a request and return the Response of a success; throws ApiError otherwise. Abort it with options.signal.
 * path: relative to /web/v1/, or absolute. json: the body as an object; form: a FormData.
 */
export async function send(path, { method, json, form, headers = {}, signal } = {}) {
  const hasBody = json !== undefined || form !== undefined;
  const options = { method: method ?? (hasBody ? "POST" : "GET"), headers: { Accept: "application/json", ...headers }, signal, credentials: "same-origin" };
  if (options.method !== "GET") options.headers["X-CSRFToken"] = csrfToken();
  if (json !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(json);
  } else if (form !== undefined) {
    options.body = form;
  }
  let response;
  try {
    response = await fetch(path.startsWith("/") ? path : API + path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError({ status: 0, code: "unreachable", message: "The server cannot be reached." });
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

/** Send a request and return the JSON of its answer. */
export async function fetchJson(path, options) {
  const response = await send(path, options);
  return response.status === 204 ? null : response.json();
}

/** Send a request and iterate over the server-sent events of its answer: {event, data, id}, with data parsed. */
export async function* streamEvents(path, options) {
  const response = await send(path, { ...options, headers: { Accept: "text/event-stream", ...options?.headers } });
  try {
    yield* readEvents(response.body);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError({ status: 0, code: "broken_off", message: "The connection broke off." });
  }
}

/** The ApiError of a response that is no success. */
export async function errorOf(response) {
  let body = null;
  try {
    body = await response.json();
  } catch { /* a proxy's page, or nothing */ }
  return errorFrom(body, response.status, Number(response.headers.get("Retry-After")) || 0);
}

/** The ApiError of an error's JSON, as in a response or in an `error` event. */
export function errorFrom(body, status = 0, retryAfter = 0) {
  const error = body?.error ?? {};
  const message = (typeof error === "string" ? error : error.message) || `The server answered ${status}.`;
  return new ApiError({ status, code: error.code ?? "", message, param: error.param ?? null, retryAfter, uuid: body?.uuid ?? "" });
}

/** "in 12 seconds", "in 3 minutes", "at midnight UTC" for a day's limit. */
export function inWords(seconds) {
  if (seconds < 90) return `in ${Math.max(1, Math.ceil(seconds))} second${Math.ceil(seconds) > 1 ? "s" : ""}`;
  if (seconds < 5400) return `in ${Math.ceil(seconds / 60)} minutes`;
  return `in ${Math.ceil(seconds / 3600)} hours`;
}

/**
 * Message for a visitor about an error: {title, text, action}. action: {text, href} or null.
 * isVisitor: true without a session.
 */
export function explain(error, { isVisitor = true } = {}) {
  const { status, code, retryAfter, message } = error;
  const signUp = { text: "Sign up", href: "/account/signup/" };
  if (status === 0) {
    return { title: "The connection broke off", text: `${message} Check your connection and try again.`, action: null };
  }
  if (code === "daily_characters_exceeded") {
    const until = retryAfter ? ` The allowance is renewed ${inWords(retryAfter)}, at midnight UTC.` : "";
    return { title: "Today's free characters are used up", text: `Sign up to continue: a new account starts with credits of its own.${until}`, action: signUp };
  }
  if (code === "daily_audio_exceeded") {
    const until = retryAfter ? ` They are renewed ${inWords(retryAfter)}, at midnight UTC.` : "";
    return { title: "Today's free minutes do not suffice", text: `Sign up to continue, or send a shorter recording.${until}`, action: signUp };
  }
  if (status === 429) {
    const when = retryAfter ? `Try again ${inWords(retryAfter)}.` : "Try again in a minute.";
    const more = isVisitor ? " With an account the limits are higher." : "";
    const title = code === "concurrency_limit_exceeded" ? "Other requests of yours are still running" : "Too many requests at once";
    return { title, text: when + more, action: isVisitor ? signUp : null };
  }
  if (status === 402) {
    const mayPay = "mayPay" in document.body.dataset; // others ask an owner
    return { title: "Not enough credits", text: message, action: mayPay ? { text: "Add credits", href: "/dashboard/billing/" } : null };
  }
  if (status === 401 || code === "csrf_failed") {
    return { title: "Your session has ended", text: "Sign in again and repeat this.", action: { text: "Sign in", href: `/account/login/?next=${encodeURIComponent(location.pathname)}` } };
  }
  if (status === 403 && isVisitor) return { title: "This needs an account", text: plain(message), action: signUp };
  if (status === 503) {
    return { title: "The model is not available now", text: `${plain(message)} ${retryAfter ? `Try again ${inWords(retryAfter)}.` : "Choose another model or try again later."}`, action: { text: "Status", href: "/status/" } };
  }
  if (status === 504) {
    return { title: "All workers are busy", text: "Your request is queued and continues without this page waiting for it. Try again in a moment.", action: null };
  }
  if (status === 413) return { title: "The file is too large", text: plain(message), action: null };
  if (status === 415 || status === 422) return { title: "This file cannot be used", text: plain(message), action: null };
  if (status >= 500) return { title: "Something went wrong here", text: "The fault is ours and has been logged. Try again.", action: { text: "Status", href: "/status/" } };
  return { title: "That did not work", text: plain(message), action: null };
}

/** A message of the API without the name of its field and its advice for programs, which helps nobody in a page. */
export function plain(message) {
  return message.replace(/: send a key as `[^`]*`/g, "").replace(/\s*(?:GET|POST) \/v1\/\S+ [^.]*\./g, "").trim();
}
