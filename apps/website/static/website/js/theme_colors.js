// Colours of the design as canvases need them: a custom property such as --accent is a pair for both themes, which a canvas cannot read.

/** The colour of a custom property in the theme being shown, such as themeColor("--accent") -> "rgb(43, 70, 217)". */
export function themeColor(name) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

/** Call the function whenever the theme changes, by the switch or by the system. */
export function onThemeChange(redraw) {
  document.addEventListener("theme-change", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}
