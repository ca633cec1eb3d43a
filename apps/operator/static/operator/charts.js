// Typeface and text colour of the charts, from the theme.

if (window.Chart) {
  const root = document.documentElement;
  const text = () => getComputedStyle(root).getPropertyValue(root.classList.contains("dark") ? "--color-base-400" : "--color-base-600").trim();
  Chart.defaults.color = text;
  // unfold's script, which runs later, sets this to a typeface that the admin does not load: the assignment has no effect.
  Object.defineProperty(Chart.defaults.font, "family", { get: () => "Geist, system-ui, sans-serif", set() {}, enumerable: true });
  // The canvas is not drawn anew when a typeface arrives later.
  document.fonts.load("12px Geist").then(() => Object.values(Chart.instances).forEach((chart) => chart.update()));
}
