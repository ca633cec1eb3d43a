// Sends a file in pieces by the tus protocol 1.0.0, and continues after a lost connection, a pause or a reload of the page.

import { API, ApiError, csrfToken, errorOf } from "./api.js";
import { sendBody } from "./sending.js";

export const RESUMABLE_BYTES = 8 * 1024 * 1024; // from this size on a file is sent in pieces
const PIECE_BYTES = 8 * 1024 * 1024;
const MOST_PIECES = 1000;
const MOST_FAILURES = 6; // in a row, without a byte between
const PAUSE_MS = 1000;
const TUS = { "Tus-Resumable": "1.0.0" };
const STORE = "resumable-uploads";

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const isOnline = () => (navigator.onLine ? Promise.resolve() : new Promise((resolve) => addEventListener("online", resolve, { once: true })));

/** Entry of a file that is sent: without its bytes, which the person chooses again. */
export const printOf = ({ name, size, lastModified = 0 }, owner = "") => [owner, name, size, lastModified].join("|");

/** Text in base64, as Upload-Metadata has it. */
export const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** Size of the pieces of a file: at most 1,000 of them. */
export const pieceSize = (size) => Math.max(PIECE_BYTES, Math.ceil(size / (MOST_PIECES - 1)));

function readEntries() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    return {}; // storage is blocked, or holds something else
  }
}

function writeEntry(print, entry) {
  const all = readEntries();
  if (entry) all[print] = entry;
  else delete all[print];
  try {
    localStorage.setItem(STORE, JSON.stringify(all));
  } catch { /* storage is blocked: a reload begins again */ }
}

/** Files of this account that were not sent to their end: [{name, size, offset, address}]. */
export const unfinished = (owner) => Object.entries(readEntries()).filter(([print]) => print.startsWith(`${owner}|`)).map(([, entry]) => entry);

/** Forget an unfinished file and delete what is stored of it. */
export async function discard(address) {
  for (const [print, entry] of Object.entries(readEntries())) if (entry.address === address) writeEntry(print, null);
  await fetch(address, { method: "DELETE", headers: { ...TUS, "X-CSRFToken": csrfToken() } }).catch(() => {});
}

/** One file. onProgress(share); onState(text): what is going on, empty while all is well. */
export class ResumableUpload {
  #stop = new AbortController();
  #isPaused = false;
  #isSending = false;
  #goOn = null;

  constructor(file, { owner = "", onProgress = () => {}, onState = () => {}, signal } = {}) {
    Object.assign(this, { file, onProgress, onState, print: printOf(file, owner), address: "", offset: 0 });
    signal?.addEventListener("abort", () => this.#stop.abort(), { once: true });
    if (signal?.aborted) this.#stop.abort();
  }

  get isPaused() {
    return this.#isPaused;
  }

  /** Stop after the bytes on their way; a piece that is cut off continues where the server has it. */
  pause() {
    this.#isPaused = true;
    if (this.#isSending) this.#stop.abort();
  }

  resume() {
    this.#isPaused = false;
    this.#stop = new AbortController();
    this.#goOn?.();
  }

  /** Stop for good, and delete what is stored. */
  async cancel() {
    this.#isPaused = false;
    this.#stop.abort();
    this.#goOn?.();
    if (this.address) await discard(this.address);
  }

  /** Send the file, or the rest of it; returns its upload_id. Throws ApiError, or AbortError once it was cancelled. */
  async run() {
    await this.#find();
    for (let failures = 0; this.offset < this.file.size;) {
      try {
        await this.#sendPiece();
        failures = 0;
        this.onState("");
      } catch (error) {
        failures = await this.#recover(error, failures);
      }
    }
    writeEntry(this.print, null);
    return this.address.split("/").filter(Boolean).pop();
  }

  /** The address of an earlier attempt, or a new one. */
  async #find() {
    this.address ||= readEntries()[this.print]?.address ?? "";
    if (this.address && (await this.#ask())) return;
    const metadata = `filename ${encoded(this.file.name)},filetype ${encoded(this.file.type || "application/octet-stream")}`;
    const answer = await this.#fetch(`${API}uploads/resumable/`, { method: "POST", headers: { "Upload-Length": String(this.file.size), "Upload-Metadata": metadata } });
    if (!answer.ok) throw await errorOf(answer);
    this.address = new URL(answer.headers.get("Location"), location.href).pathname;
    this.offset = 0;
    this.#writeEntry();
  }

  /** Ask how much is stored; false for a file that is gone. */
  async #ask() {
    const answer = await this.#fetch(this.address, { method: "HEAD" });
    if (!answer.ok && answer.status !== 404 && answer.status !== 410) throw await errorOf(answer);
    this.offset = answer.ok ? Number(answer.headers.get("Upload-Offset")) : 0;
    if (!answer.ok) writeEntry(this.print, null);
    this.onProgress(this.offset / this.file.size);
    return answer.ok;
  }

  async #sendPiece() {
    if (this.#stop.signal.aborted || this.#isPaused) throw new DOMException("Stopped", "AbortError");
    const end = Math.min(this.file.size, this.offset + pieceSize(this.file.size));
    this.#isSending = true;
    await sendBody(this.address, this.file.slice(this.offset, end), {
      method: "PATCH",
      headers: { ...TUS, "X-CSRFToken": csrfToken(), "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(this.offset) },
      signal: this.#stop.signal,
      onProgress: (share) => this.onProgress((this.offset + share * (end - this.offset)) / this.file.size),
    }).finally(() => { this.#isSending = false; });
    this.offset = end;
    this.#writeEntry();
  }

  /** Wait until it can continue, from what is stored. Returns the failures in a row; throws what cannot be mended. */
  async #recover(error, failures) {
    if (error.name === "AbortError") {
      if (!this.#isPaused) throw error;
      this.onState("Paused");
      await new Promise((resolve) => { this.#goOn = resolve; });
      this.#goOn = null;
      if (this.#stop.signal.aborted) throw error;
    } else {
      const isPassing = error.status === 0 || error.status === 408 || error.status === 409 || error.status === 429 || error.status >= 500;
      if (!isPassing || failures + 1 >= MOST_FAILURES) throw error;
      this.onState(error.status === 0 ? "The connection broke off. It continues by itself." : "The server is busy. It continues by itself.");
      await isOnline();
      await pause(Math.max(PAUSE_MS * 2 ** failures, 1000 * (error.retryAfter || 0)));
    }
    const before = this.offset;
    try {
      if (!(await this.#ask())) throw new ApiError({ status: 410, message: "What was sent has expired. Send the file again." });
    } catch (asked) {
      if (asked.status !== 0) throw asked;
    }
    return this.offset > before ? 0 : failures + 1;
  }

  async #fetch(address, { method, headers = {} }) {
    try {
      return await fetch(address, { method, headers: { Accept: "application/json", ...TUS, "X-CSRFToken": csrfToken(), ...headers }, signal: this.#stop.signal });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new ApiError({ status: 0, code: "unreachable", message: "The server cannot be reached." });
    }
  }

  #writeEntry() {
    writeEntry(this.print, { name: this.file.name, size: this.file.size, offset: this.offset, address: this.address });
  }
}
