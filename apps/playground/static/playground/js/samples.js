// Play buttons of samples: one at a time, each a toggle.

import { ElementPlayer, playAlone } from "./element_player.js";

let current = null;

/** Play the file of a button, or pause it; another sample that plays is paused. onError: called if it cannot be played. */
export function toggleSample(button, url, { onError } = {}) {
  if (current?.button === button && current.url === url) {
    if (current.player.isPlaying) current.player.pause();
    else current.player.play();
    return;
  }
  current?.player.close();
  current?.button.classList.remove("is-playing", "is-loading");
  const player = playAlone(new ElementPlayer(url));
  current = { button, url, player };
  const show = () => {
    button.classList.toggle("is-playing", player.isPlaying);
    if (player.isPlaying) button.classList.remove("is-loading");
  };
  button.classList.add("is-loading");
  for (const name of ["pause", "ended"]) player.addEventListener(name, show);
  player.element.addEventListener("playing", show);
  player.play().catch((error) => {
    button.classList.remove("is-loading");
    if (error.name === "AbortError") return; // another one was started, or the page left
    if (current?.player === player) current = null;
    onError?.(error);
  });
}

/** Stop whatever sample plays. */
export function stopSamples() {
  current?.player.pause();
}
