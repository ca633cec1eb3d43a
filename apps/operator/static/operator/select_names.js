// Names the lists of select2, which are comboboxes without a name, after the label of their field.
const nameLists = (root) => {
  for (const select of root.querySelectorAll("select.select2-hidden-accessible")) {
    const list = select.nextElementSibling?.querySelector("[role=combobox]");
    const name = select.getAttribute("aria-label") || select.labels?.[0]?.textContent.trim() || select.name;
    list?.removeAttribute("aria-labelledby");
    list?.setAttribute("aria-label", [name, list.textContent.trim()].filter(Boolean).join(": "));
    list?.querySelector("[role=textbox]")?.setAttribute("aria-label", name);
  }
};

window.addEventListener("load", () => {
  nameLists(document);
  document.addEventListener("change", (event) => nameLists(event.target.parentElement ?? document));
  document.addEventListener("formset:added", (event) => nameLists(event.target));
});
