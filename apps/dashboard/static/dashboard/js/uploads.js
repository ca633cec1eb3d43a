// Sends files in advance: announces each, puts it to its address, and sends it again when the connection broke off.

import { explain, fetchJson } from "../../playground/js/api.js";
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
    list.append(this.item);
  }

  async run() {
    this.item.querySelector("[data-again]").hidden = true;
    try {
      this.#upload ??= await fetchJson("uploads/", { json: { file_name: this.file.name, bytes: this.file.size, content_type: this.file.type || "application/octet-stream" } });
      await this.#put();
      const shown = await fetchJson(`uploads/${this.#upload.upload_id}/`);
      if (shown.refusal) throw Object.assign(new Error(shown.refusal.message), { status: 400 });
      this.item.remove();
      await refreshRows();
    } catch (error) {
      if (error.name !== "AbortError") this.#fail(error);
    }
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
        this.#say("The connection broke off. It goes on by itself.");
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

async function sendAll(files) {
  for (const file of files) {
    const sending = new Sending(file);
    await sending.run(); // one after the other: a plan allows few at once
  }
}

if (input) {
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
