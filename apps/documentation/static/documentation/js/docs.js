// Behaviour of the documentation's pages: addresses of the earlier reference, tabs that remember the language, sounds, search by "/".
import { selectTab } from "/static/website/js/site.js";

const old = location.pathname === "/docs/" && location.hash.match(/^#\/([^/]+)(?:\/(.+))?$/);
if (old) {
  const tag = decodeURIComponent(old[1]).replaceAll(" ", "-");
  location.replace(`/docs/reference/${encodeURIComponent(tag)}/${old[2] ? `#${old[2]}` : ""}`);
}

const LANGUAGE = "docs-language";
const stored = () => { try { return localStorage.getItem(LANGUAGE); } catch { return null; } };

function showLanguage(language) {
  for (const tab of document.querySelectorAll('[data-tabs] [role="tab"]')) {
    if (tab.dataset.language === language && tab.getAttribute("aria-selected") !== "true") selectTab(tab);
  }
}

if (stored()) showLanguage(stored());
document.addEventListener("click", (event) => {
  const tab = event.target.closest('[data-tabs] [role="tab"]');
  if (!tab) return;
  const before = tab.getBoundingClientRect().top;
  try { localStorage.setItem(LANGUAGE, tab.dataset.language); } catch { /* storage is blocked */ }
  showLanguage(tab.dataset.language);
  scrollBy(0, tab.getBoundingClientRect().top - before);
});

let sound = null;
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play]");
  if (!button) return;
  const box = button.closest("[data-sound]");
  const again = sound?.box === box && !sound.audio.paused;
  if (sound) { sound.audio.pause(); mark(sound.box, false); sound = null; }
  if (again) return;
  const audio = new Audio(box.dataset.sound);
  sound = { box, audio };
  for (const name of ["ended", "error", "pause"]) audio.addEventListener(name, () => mark(box, false));
  audio.addEventListener("playing", () => mark(box, true));
  audio.play().catch(() => mark(box, false));
});

function mark(box, isPlaying) {
  box.querySelector(".sound-idle").hidden = isPlaying;
  box.querySelector(".sound-busy").hidden = !isPlaying;
  box.toggleAttribute("data-playing", isPlaying);
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const field = [...document.querySelectorAll("#docs-search, #bar-search")].find((one) => one.offsetParent !== null);
    if (field) { event.preventDefault(); field.focus(); field.select(); }
  } else if (event.key === "Escape" && event.target.id === "docs-search") {
    document.querySelector("#docs-results").replaceChildren();
  } else if (event.key === "ArrowDown" && event.target.closest?.("#docs-search, .docs-results a")) {
    const links = [...document.querySelectorAll(".docs-results a")];
    const next = links[links.indexOf(event.target) + 1];
    if (next) { event.preventDefault(); next.focus(); }
  }
});

// The menu shows the entry of this page.
const menu = document.querySelector("#docs-nav");
const shown = menu?.querySelector('a[aria-current="page"]');
if (shown && shown.offsetTop > menu.clientHeight - 60) menu.scrollTop = shown.offsetTop - menu.clientHeight / 3;

// The section that is being read is marked in the table of contents.
const links = new Map([...document.querySelectorAll(".docs-toc a")].map((link) => [link.hash.slice(1), link]));
if (links.size) {
  const seen = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) entry.isIntersecting ? seen.add(entry.target.id) : seen.delete(entry.target.id);
    const first = [...links.keys()].find((id) => seen.has(id));
    if (!first) return;
    for (const [id, link] of links) id === first ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
  }, { rootMargin: "-70px 0px -60% 0px" });
  for (const id of links.keys()) { const heading = document.getElementById(id); if (heading) observer.observe(heading); }
}
