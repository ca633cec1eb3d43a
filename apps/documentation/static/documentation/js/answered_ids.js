// Ids of earlier answers, for the forms of the reference that ask for them: on this page, and in this tab on the next.
const STORE = "reference-ids";
const MARKED = /^(uuid|\w+_id)$/;
const filled = new WeakMap(); // element → what was written into it last; a field that was edited since stays as it is

function read() {
  try { return JSON.parse(sessionStorage.getItem(STORE)) ?? {}; } catch { return {}; }
}

function write(ids) {
  try { sessionStorage.setItem(STORE, JSON.stringify(ids)); } catch { /* this page only */ }
}

let ids = read();

/** Path of the collection that an operation's answer is about: `/v1/keys/` for `/v1/keys/{key_id}/` too. */
const collectionOf = (path) => path.replace(/\{[^}]*\}\/$/, "");
const isId = (value) => (typeof value === "string" && value !== "") || Number.isInteger(value);

/** Keep the ids of an answer. sent: texts of the request's body, which an answer may repeat; named: values of its address, forgotten if they are deleted.
 * An item of a list yields to an object that was answered itself.
 */
export function keepIds({ path, method, named, sent, body, job }) {
  if (method === "DELETE") return forget(named);
  const found = {};
  if (job) found.uuid = String(job);
  const list = Array.isArray(body) ? body : Object.values(body ?? {}).find((value) => Array.isArray(value) && typeof value[0] === "object");
  for (const [one, isItem] of [[list?.[0], true], [body?.data, false], [body, false]]) if (one && !Array.isArray(one)) collect(one, path, isItem, found);
  for (const [name, value] of Object.entries(found)) if (value && !sent.includes(value)) ids[name] = value;
  write(ids);
}

function collect(one, path, isItem, found) {
  const keep = (name, value) => { if (isId(value) && !(isItem && ids[name])) found[name] = String(value); };
  for (const [name, value] of Object.entries(one)) if (MARKED.test(name) && name !== "model_id") keep(name, value);
  keep(collectionOf(path), one.id ?? Object.entries(one).find(([name]) => MARKED.test(name))?.[1]);
}

function forget(named) {
  ids = Object.fromEntries(Object.entries(ids).filter(([, value]) => !named.includes(value)));
  write(ids);
}

/** Write the kept ids into the forms; returns the number of forms that changed. */
export function fillIds() {
  return [...document.querySelectorAll("[data-try]")].filter(fillForm).length;
}

function fillForm(form) {
  const places = [...form.querySelectorAll("[data-place]")].filter((field) => field.required).map((field) => fillField(field, idFor(field, form.dataset.path)));
  const fields = [...form.querySelectorAll("input[data-field]:not([type=file])")].map((field) => fillField(field, alike(ids[field.dataset.field], field.defaultValue)));
  const body = form.querySelector("[data-body]");
  return [...places, ...fields, body ? fillBody(body) : false].some(Boolean);
}

/** Id for a parameter: by its name, or of the collection that its path begins with. */
function idFor(field, path) {
  const [before, after] = field.dataset.place === "path" ? path.split(`{${field.name}}`) : [path, ""];
  if (after?.startsWith("/{")) return undefined; // such as a model, whose voice follows
  if (field.name === "uuid" && field.dataset.place === "path" && !before.endsWith("/jobs/")) return ids[before];
  return ids[field.name] ?? (field.dataset.place === "path" || field.name === "id" ? ids[before] : undefined);
}

function fillField(field, value) {
  if (value === undefined || value === field.value || ![field.defaultValue, filled.get(field)].includes(field.value)) return false;
  field.value = value;
  filled.set(field, value);
  return true;
}

/** Kinds of ids differ: only one that looks like the example's takes its place, so that a built-in voice is not replaced by one's own. */
function alike(value, example) {
  const shape = (text) => String(text).replace(/[0-9a-f]{12,}$/, "#");
  return value !== undefined && example && shape(value) === shape(example) ? value : undefined;
}

function fillBody(field) {
  if (![field.defaultValue, filled.get(field)].includes(field.value)) return false;
  let body;
  try { body = JSON.parse(field.defaultValue); } catch { return false; }
  for (const [name, example] of Object.entries(body)) {
    const isList = Array.isArray(example) && example.length === 1;
    const value = alike(ids[isList ? name.replace(/s$/, "") : name], isList ? example[0] : example);
    if (value !== undefined) body[name] = isList ? [value] : typeof example === "number" ? Number(value) : value;
  }
  const text = JSON.stringify(body, null, 2);
  if (text === field.value || text === JSON.stringify(JSON.parse(field.value), null, 2)) return false;
  field.value = text;
  filled.set(field, text);
  return true;
}
