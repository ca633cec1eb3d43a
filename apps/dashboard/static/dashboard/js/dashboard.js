// Behaviour of every page of the dashboard: one player for all play buttons.

const audio = new Audio();
let current = null;

function showIcon(button, name) {
  const use = button?.querySelector("use");
  if (use) use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${name}`));
  button?.setAttribute("aria-pressed", String(name === "pause"));
}

/** Play the file of a button, or pause it. Only one plays at a time. */
export async function togglePlay(button) {
  if (current === button && !audio.paused) {
    audio.pause();
    return;
  }
  for (const other of document.querySelectorAll("audio")) other.pause();
  if (current !== button) {
    showIcon(current, "play");
    current = button;
    audio.src = button.dataset.play;
  }
  try {
    await audio.play();
  } catch {
    showIcon(button, "play");
    document.dispatchEvent(new CustomEvent("toast", { detail: { message: "The audio cannot be played. It may have been deleted.", kind: "danger" } }));
  }
}

audio.addEventListener("play", () => showIcon(current, "pause"));
audio.addEventListener("pause", () => showIcon(current, "play"));
audio.addEventListener("ended", () => showIcon(current, "play"));
document.addEventListener("play", () => audio.pause(), true); // a player of the page
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play]");
  if (button) togglePlay(button);
});
document.addEventListener("submit", (event) => {
  const button = event.target.querySelector('button[type="submit"]');
  if (button && event.target.method === "post") setTimeout(() => { button.disabled = true; }); // a second click sends nothing twice
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll('form button[type="submit"]:disabled')) button.disabled = false;
});
