// Names, for screen readers, of what Django's and unfold's pages leave without one.

/** Lists of select2 are comboboxes without a name: the label of their field, and the chosen value. */
function nameLists() {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const list = select.nextElementSibling?.querySelector("[role=combobox]");
    const name = select.getAttribute("aria-label") || select.labels?.[0]?.textContent.trim() || select.name;
    list?.removeAttribute("aria-labelledby");
    list?.setAttribute("aria-label", [name, list.textContent.trim()].filter(Boolean).join(": "));
    list?.querySelector("[role=textbox]")?.setAttribute("aria-label", name);
  }
}

/** Fields in the rows of a table: the heading of their column. */
function nameCells() {
  for (const field of document.querySelectorAll("td :is(input, select, textarea):not([type=hidden], [aria-label])")) {
    const cell = field.closest("td");
    const heading = cell.dataset.label || cell.closest("table").tHead?.rows[0]?.cells[cell.cellIndex]?.textContent.trim();
    if (heading && !field.labels?.length) field.setAttribute("aria-label", heading);
  }
}

/** Hints of the boxes that filter a list are spans, which may have a name as pictures alone. */
function nameHints() {
  for (const hint of document.querySelectorAll("span.help-tooltip[aria-label]:not([role])")) hint.setAttribute("role", "img");
}

const nameAll = () => [nameLists, nameCells, nameHints].forEach((name) => name());

// Lists and rows appear while the page loads, and later: no event tells of all of them. Attributes are not observed, so that this ends.
new MutationObserver(nameAll).observe(document.documentElement, { childList: true, subtree: true });
