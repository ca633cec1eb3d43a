// Sends a file by the page's own module, in Node.js with the few browser objects that it needs: stops after a piece, then continues by a new page.
// Arguments: server, session cookie's name and value, path of the scripts, file.
import fs from "node:fs";
import path from "node:path";

const [server, name, session, scripts, file] = process.argv.slice(2);
const token = "a".repeat(32);
const cookie = `${name}=${session}; csrftoken=${token}`;
const stored = {};
globalThis.document = { querySelector: () => null, cookie: `csrftoken=${token}` };
globalThis.location = { href: `${server}/dashboard/uploads/` };
globalThis.localStorage = { getItem: (key) => stored[key] ?? null, setItem: (key, value) => { stored[key] = value; } };
Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });
const realFetch = globalThis.fetch;
globalThis.fetch = (url, options = {}) => realFetch(new URL(url, server), { ...options, headers: { ...options.headers, Cookie: cookie } });
const offsets = [];
globalThis.XMLHttpRequest = class {
  constructor() { this.handlers = {}; this.headers = {}; this.stop = new AbortController(); this.upload = { addEventListener() {} }; }
  open(method, url) { Object.assign(this, { method, url }); }
  setRequestHeader(header, value) { this.headers[header] = value; }
  addEventListener(kind, handler) { this.handlers[kind] = handler; }
  getResponseHeader(header) { return this.answer.headers.get(header); }
  abort() { this.stop.abort(); }
  async send(body) {
    offsets.push(Number(this.headers["Upload-Offset"]));
    try {
      this.answer = await fetch(this.url, { method: this.method, headers: this.headers, body, signal: this.stop.signal });
      this.status = this.answer.status;
      this.responseText = await this.answer.text();
      this.handlers.load();
    } catch (error) {
      this.handlers[error.name === "AbortError" ? "abort" : "error"]();
    }
  }
};

const { ResumableUpload, unfinished } = await import(path.join(scripts, "resumable.js"));
const chosen = new File([fs.readFileSync(file)], path.basename(file), { type: "audio/wav", lastModified: 1 });
const paused = new Promise((resolve) => {
  const first = new ResumableUpload(chosen, { owner: "7", onState: (text) => (text === "Paused" ? resolve() : first.pause()) });
  first.run().catch(() => {}); // a piece that is stored makes the state empty
});
await paused;
const left = unfinished("7");
const again = new ResumableUpload(chosen, { owner: "7" });
const uploadId = await again.run();
console.log(JSON.stringify({ left, uploadId, offsets, kept: stored["resumable-uploads"] }));
process.exit(0);
