// Favourite voices: those of the account, or of this browser.

import { fetchJson } from "./api.js";

const KEY = "favourite-voices";

function stored() {
  try {
    return new Set(JSON.parse(localStorage.getItem(KEY) ?? "[]"));
  } catch {
    return new Set();
  }
}

/** True if this browser marked the voice; for visitors without an account. */
export const isStoredFavourite = (voice) => stored().has(voice);

/** Mark a voice or take the mark away; returns true if it is marked now. */
export async function toggleFavourite(voice, { hasAccount }) {
  if (hasAccount) {
    const form = new FormData();
    form.set("voice", voice);
    return (await fetchJson("/playground/favourites/", { form })).favourite;
  }
  const marked = stored();
  if (!marked.delete(voice)) marked.add(voice);
  try {
    localStorage.setItem(KEY, JSON.stringify([...marked]));
  } catch { /* storage is blocked: it lasts as long as the page */ }
  return marked.has(voice);
}
