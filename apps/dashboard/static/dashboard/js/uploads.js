// Sends files in advance: small ones at once, large ones in pieces that continue after a break, a pause or a reload of the page.

import { explain, fetchJson } from "../../playground/js/api.js";
import { RESUMABLE_BYTES, ResumableUpload, discard, unfinished } from "../../playground/js/resumable.js";
import { sendBody } from "../../playground/js/sending.js";
import { showLocalTimes } from "../../website/js/formats.js";

const MOST_ATTEMPTS = 4;
const input = document.querySelector("#upload-files");
const list = document.querySelector("#sending");
const template = document.querySelector("#sending-template");

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const isOnline = () => (navigator.onLine ? Promise.resolve() : new Promise((resolve) => addEventListener("online", resolve, { once: true })));

/** Address that the file is put to: on this server by its path, so that it is this page's own origin. */
function addressOf(upload) {
  const url = new URL(upload.url);
  return url.pathname.startsWith("/v1/uploads/") ? url.pathname + url.search : upload.url;
}

/** One file of the list. The announced upload stays the same over all attempts. */
class Sending {
  #upload = null;
  #stop = new AbortController();

  constructor(file) {
    this.file = file;
    this.item = template.content.firstElementChild.cloneNode(true);
    this.bar = this.item.querySelector("progress");
    this.item.querySelector("[data-name]").textContent = file.name;
    this.item.querySelector("[data-stop]").addEventListener("click", () => this.#cancel());
    this.item.querySelector("[data-again]").addEventListener("click", () => this.run());
    if (file.size >= RESUMABLE_BYTES) this.#prepare();
    list.append(this.item);
  }

  async run() {
    this.item.querySelector("[data-again]").hidden = true;
    try {
      if (this.resumable) this.#upload = { upload_id: await this.resumable.run() };
      else await this.#sendAtOnce();
      const shown = await fetchJson(`uploads/${this.#upload.upload_id}/`);
      if (shown.refusal) throw Object.assign(new Error(shown.refusal.message), { status: 400 });
      this.item.remove();
      await refreshRows();
    } catch (error) {
      if (error.name !== "AbortError") this.#fail(error);
    }
  }

  /** Send it in pieces, with a button that pauses. */
  #prepare() {
    this.resumable = new ResumableUpload(this.file, {
      owner: input.dataset.owner,
      onProgress: (share) => { this.bar.value = 100 * share; },
      onState: (text) => this.#say(text),
    });
    const button = this.item.querySelector("[data-pause]");
    button.hidden = false;
    button.addEventListener("click", () => {
      if (this.resumable.isPaused) this.resumable.resume();
      else this.resumable.pause();
      button.querySelector("[data-text]").textContent = this.resumable.isPaused ? "Resume" : "Pause";
      if (!this.resumable.isPaused) this.#say("");
    });
  }

  async #sendAtOnce() {
    this.#upload ??= await fetchJson("uploads/", { json: { file_name: this.file.name, bytes: this.file.size, content_type: this.file.type || "application/octet-stream" } });
    await this.#put();
  }

  async #put() {
    for (let attempt = 1; ; attempt += 1) {
      this.#say(attempt === 1 ? "" : `Attempt ${attempt}`);
      try {
        await sendBody(addressOf(this.#upload), this.file, {
          method: "PUT", headers: this.#upload.headers, signal: this.#stop.signal, onProgress: (share) => { this.bar.value = 100 * share; },
        });
        return;
      } catch (error) {
        if (error.code === "upload_complete") return; // the answer of an earlier attempt was lost
        if (error.status !== 0 || attempt === MOST_ATTEMPTS) throw error;
        this.#say("The connection broke off. It continues by itself.");
        await isOnline();
        await pause(1000 * 2 ** attempt);
      }
    }
  }

  #say(text) {
    this.item.querySelector("[data-state]").textContent = text;
  }

  #fail(error) {
    this.#say(error.status === undefined ? error.message : explain(error, { isVisitor: false }).text || error.message);
    this.item.querySelector("[data-again]").hidden = false;
  }

  async #cancel() {
    this.#stop.abort();
    this.item.remove();
    await this.resumable?.cancel();
    if (!this.#upload) return;
    await fetchJson(`uploads/${this.#upload.upload_id}/`, { method: "DELETE" }).catch(() => {});
    await refreshRows();
  }
}

async function refreshRows() {
  const answer = await fetch(input.dataset.rows, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const shown = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#upload-rows");
  if (!shown) return;
  document.querySelector("#upload-rows").replaceWith(shown);
  showLocalTimes(shown);
}

/** Say which files were not sent to their end; choosing one again continues where it stopped. */
function showUnfinished() {
  const box = document.querySelector("#unfinished");
  const files = unfinished(input.dataset.owner);
  box.hidden = files.length === 0;
  box.querySelector("ul").replaceChildren(...files.map(({ name, size, offset, address }) => {
    const line = document.querySelector("#unfinished-template").content.firstElementChild.cloneNode(true);
    line.querySelector("[data-text]").textContent = `${name}: ${Math.floor((100 * offset) / size)} % sent`;
    line.querySelector("button").setAttribute("aria-label", `Discard ${name}`);
    line.querySelector("button").addEventListener("click", async () => {
      await discard(address);
      showUnfinished();
      await refreshRows();
    });
    return line;
  }));
}

async function sendAll(files) {
  for (const file of files) {
    document.querySelector("#unfinished").hidden = true;
    const sending = new Sending(file);
    await sending.run(); // one after the other: a plan allows few at once
  }
}

if (input) {
  showUnfinished();
  const zone = input.closest(".drop-zone");
  input.addEventListener("change", () => {
    sendAll([...input.files]);
    input.value = "";
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle("is-over", name === "dragover");
      if (name === "drop") sendAll([...event.dataTransfer.files]);
    });
  }
}
