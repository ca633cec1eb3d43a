// "Try it" of the reference: sends the request of the form, with a key to the API or without one to the same API at /web/v1/ with this session.
import { csrfToken, toast } from "/static/website/js/site.js";
import { fillIds, keepIds } from "./answered_ids.js";

const MOST_SHOWN = 60000;
const running = new WeakMap();

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-key]")) return;
  for (const other of document.querySelectorAll("[data-key]")) if (other !== event.target) other.value = event.target.value;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-stop]");
  if (button) running.get(button.closest("form"))?.abort();
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-try]");
  if (!form) return;
  event.preventDefault();
  const key = form.querySelector("[data-key]").value.trim();
  if (!key && !("inBrowser" in form.dataset)) {
    form.querySelector("[data-key]").focus();
    toast("This API needs a key. Paste one of yours.", "danger");
    return;
  }
  const stopper = new AbortController();
  running.set(form, stopper);
  const state = form.querySelector("[data-state]");
  form.querySelector("[data-stop]").hidden = false;
  state.textContent = "Waiting for the answer …";
  const began = performance.now();
  try {
    const request = requestOf(form, key);
    const response = await fetch(request.address, { ...request.options, signal: stopper.signal });
    const text = await show(form, response, began);
    if (response.ok) fillFrom(form, request.options.body, response, text);
  } catch (error) {
    state.textContent = error.name === "AbortError" ? "Stopped." : error instanceof SyntaxError ? `The body is not JSON: ${error.message}` : "The server cannot be reached.";
  } finally {
    form.querySelector("[data-stop]").hidden = true;
  }
});

/** Ids of the answer fill the other forms that ask for them. */
function fillFrom(form, asked, response, text) {
  const { path, method } = form.dataset;
  const named = [...form.querySelectorAll("[data-place]")].map((field) => field.value);
  const sent = typeof asked === "string" ? [...asked.matchAll(/"([^"]*)"/g)].map(([, value]) => value) : [];
  keepIds({ path, method, named, sent, body: parsed(text), job: response.headers.get("X-Job-Id") });
  const count = fillIds();
  if (count) form.querySelector("[data-state]").textContent += ` · its id is filled into ${count === 1 ? "another form" : `${count} other forms`}`;
}

/** The JSON, or null of a file and of events. */
function parsed(text) {
  try { return JSON.parse(text); } catch { return null; }
}

function requestOf(form, key) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-place]")) {
    if (field.dataset.place === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.value !== "") query.set(field.name, field.value);
  }
  const headers = {};
  if (key) {
    const [name, value] = form.dataset.keyHeader.split(": ");
    headers[name] = value.replace("$TTSAI_API_KEY", key);
  } else {
    path = `/web${path}`;
    headers["X-CSRFToken"] = csrfToken();
  }
  const options = { method: form.dataset.method, headers, credentials: key ? "omit" : "same-origin" };
  const body = form.querySelector("[data-body]");
  const file = form.querySelector("[data-file]");
  if (body) {
    options.body = JSON.stringify(JSON.parse(body.value || "{}"));
    headers["Content-Type"] = "application/json";
  } else if (file) {
    options.body = file.files[0];
    headers["Content-Type"] = form.dataset.kind === "audio/*" ? file.files[0]?.type || "audio/wav" : form.dataset.kind;
  } else if (form.dataset.kind) {
    options.body = new FormData();
    for (const field of form.querySelectorAll("[data-field]")) {
      if (field.type === "file") for (const one of field.files) options.body.append(field.dataset.field, one);
      else if (field.value !== "") options.body.append(field.dataset.field, field.value);
    }
  }
  return { address: path + (query.size ? `?${query}` : ""), options };
}

/** Show the answer; returns its text, "" for a file. */
async function show(form, response, began) {
  const state = form.querySelector("[data-state]");
  const box = form.querySelector("[data-answer]");
  const kind = response.headers.get("Content-Type") ?? "";
  const told = () => { state.textContent = `${response.status} ${response.statusText} · ${Math.round(performance.now() - began)} ms`; };
  let text = "";
  told();
  box.hidden = false;
  box.replaceChildren();
  if (kind.startsWith("audio/") || kind.startsWith("video/")) {
    const player = document.createElement("audio");
    player.controls = true;
    player.src = URL.createObjectURL(await response.blob());
    box.append(player);
  } else if (kind.startsWith("application/zip") || kind.startsWith("application/octet-stream")) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = "result.zip";
    link.textContent = "Save the file";
    box.append(link);
  } else {
    const shown = document.createElement("pre");
    shown.className = "code";
    shown.tabIndex = 0;
    box.append(shown);
    text = await readText(response, (piece) => { shown.textContent = piece.length > MOST_SHOWN ? `${piece.slice(0, MOST_SHOWN)} …` : piece; }, kind);
  }
  told();
  return text;
}

/** Text as it arrives, which is returned whole; JSON is indented at its end. */
async function readText(response, write, kind) {
  let text = "";
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const piece = reader ? await reader.read() : { done: true };
    if (piece.done) break;
    text += piece.value;
    write(text);
  }
  if (kind.includes("json") && text) {
    try { write(JSON.stringify(JSON.parse(text), null, 2)); } catch { /* several objects, one a line */ }
  }
  if (!text) write("The answer has no body.");
  return text;
}

fillIds();
