// "Show the request": the panel of playground/components/request.html, kept up to date with the form.

import { buildSnippets } from "./snippets.js";

/**
 * Show a request in the panel. root: the element of the component; it says the base address and whether the visitor has a key.
 * request: as of buildSnippets, without base and hasKey.
 */
export function showRequest(root, request) {
  const texts = buildSnippets({ base: root.dataset.base, hasKey: root.dataset.hasKey === "true", ...request });
  for (const [language, text] of Object.entries(texts)) {
    root.querySelector(`[data-snippet="${language}"]`).textContent = text;
  }
}
