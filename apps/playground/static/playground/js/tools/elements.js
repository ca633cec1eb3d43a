// Numbers in words, and parts of pages.

/** A number with at most three decimals. */
export const shortNumber = (value) => Number(value).toLocaleString("en", { maximumFractionDigits: 3 });

/** An address of this server as this page reaches it, whatever host the API named. */
export function localAddress(url) {
  const found = new URL(url, location.href);
  return /^\/(static|v1)\//.test(found.pathname) ? found.pathname + found.search : url;
}

/** An element with text and attributes. */
export function element(tag, { text, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

/** An icon of website/icons.svg. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.querySelector("[data-icons]").dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** Offer a file to be saved. */
export function saveText(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
