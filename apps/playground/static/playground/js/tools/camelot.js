// The Camelot wheel: twelve hours of minor keys (A) inside twelve of major keys (B); neighbours mix well.

const MAJOR = ["B", "F#", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E"];
const MINOR = ["Abm", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "Dbm"];
const SIZE = 320;
const RINGS = { A: [62, 106], B: [108, 156] };
const SVG = "http://www.w3.org/2000/svg";

/** Places on the wheel that mix well with one: itself, its neighbours, and the same hour of the other ring. */
export function neighboursOf(place) {
  const hour = parseInt(place, 10);
  const ring = place.slice(-1);
  return [place, `${(hour % 12) + 1}${ring}`, `${((hour + 10) % 12) + 1}${ring}`, `${hour}${ring === "A" ? "B" : "A"}`];
}

/** The wheel with a place marked, as an SVG image. place: "8B". */
export function drawWheel(place) {
  const fitting = new Set(neighboursOf(place));
  const svg = make("svg", { viewBox: `${-SIZE / 2} ${-SIZE / 2} ${SIZE} ${SIZE}`, role: "img", "aria-label": `Camelot wheel: ${place} is the key; ${[...fitting].slice(1).join(", ")} mix well with it.`, class: "wheel" });
  for (const ring of ["A", "B"]) {
    for (let hour = 1; hour <= 12; hour += 1) {
      const name = `${hour}${ring}`;
      const state = name === place ? "key" : fitting.has(name) ? "near" : "far";
      svg.append(make("path", { d: sector(hour, ...RINGS[ring]), class: `wheel-sector wheel-${state}` }));
      const [inner, outer] = RINGS[ring];
      const [x, y] = point(hour, (inner + outer) / 2);
      const label = make("text", { x, y, class: `wheel-label wheel-label-${state}`, "text-anchor": "middle", "dominant-baseline": "central" });
      label.append(make("tspan", { x, dy: "-0.45em" }, name), make("tspan", { x, dy: "1.15em", class: "wheel-note" }, (ring === "A" ? MINOR : MAJOR)[hour - 1]));
      svg.append(label);
    }
  }
  return svg;
}

const angle = (hour) => (hour * 30 - 90) * (Math.PI / 180);
const point = (hour, radius) => [Math.cos(angle(hour)) * radius, Math.sin(angle(hour)) * radius].map((value) => Number(value.toFixed(2)));

function sector(hour, inner, outer) {
  const [a, b, c, d] = [point(hour - 0.48, outer), point(hour + 0.48, outer), point(hour + 0.48, inner), point(hour - 0.48, inner)];
  return `M${a} A${outer} ${outer} 0 0 1 ${b} L${c} A${inner} ${inner} 0 0 0 ${d} Z`;
}

function make(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}
