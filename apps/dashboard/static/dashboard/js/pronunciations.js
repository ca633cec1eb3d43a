// "Hear it": speaks a word without and with an entry of the dictionary; and the search in the list.

import { explain, send } from "../../playground/js/api.js";

const audio = new Audio();
const toast = (message) => document.dispatchEvent(new CustomEvent("toast", { detail: { message, kind: "danger" } }));

/** The word and its replacement: of the button's row, or of the form's fields. */
function entryOf(button) {
  if (button.dataset.word) return { word: button.dataset.word, replacement: button.dataset.replacement ?? "", language: button.dataset.language };
  const { word, replacement, language } = document.querySelector("#entry-form").elements;
  return { word: word.value.trim(), replacement: replacement.value.trim(), language: language.value.trim() };
}

/** A request whose rule for the word takes the place of the account's: the word itself is how it sounds without one. */
export function hearRequest({ word, replacement, language }, isAfter) {
  const rule = { word, replacement: isAfter ? replacement : word, ...(language ? { language } : {}) };
  return { text: word, format: "mp3", stream: true, pronunciations: [rule], ...(language ? { language } : {}) };
}

async function hear(button) {
  const entry = entryOf(button);
  const isAfter = button.dataset.hear === "after";
  if (!entry.word || (isAfter && !entry.replacement)) {
    toast(entry.word ? "Enter how the word is spoken." : "Enter a word first.");
    return;
  }
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await send("tts/", { json: hearRequest(entry, isAfter) });
    URL.revokeObjectURL(audio.src);
    audio.src = URL.createObjectURL(await answer.blob());
    await audio.play();
    button.dataset.heard = String(Number(button.dataset.heard ?? 0) + 1);
  } catch (error) {
    toast(error.status === undefined ? error.message : explain(error, { isVisitor: false }).text);
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-hear]");
  if (button) hear(button);
});

const search = document.querySelector("#dictionary-search");
search?.addEventListener("input", () => {
  const wanted = search.value.trim().toLowerCase();
  for (const row of document.querySelectorAll("[data-entry]")) row.hidden = !row.textContent.toLowerCase().includes(wanted);
});
