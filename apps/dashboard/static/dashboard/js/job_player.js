// The player of one job: its waveform, and words that light up while they are spoken.

import { Waveform } from "../../playground/js/waveform.js";
import { wordAt } from "../../playground/js/words.js";

/** Draw the file of a player and follow it. */
export function followPlayer(container, player) {
  const waveform = new Waveform(container, { onSeek: (seconds) => { player.currentTime = seconds; } });
  waveform.showUrl(container.dataset.waveform);
  player.addEventListener("timeupdate", () => waveform.setTime(player.currentTime));
  return waveform;
}

function lightWords(box, player) {
  const buttons = [...box.querySelectorAll("button")];
  const words = buttons.map((button) => ({ start: Number(button.dataset.start), end: Number(button.dataset.end) }));
  let lit = -1;
  const show = () => {
    const index = wordAt(words, player.currentTime);
    if (index === lit) return;
    buttons[lit]?.classList.remove("is-heard");
    buttons[index]?.classList.add("is-heard");
    if (!player.paused) buttons[index]?.scrollIntoView({ block: "nearest" });
    lit = index;
  };
  const follow = () => {
    show();
    if (!player.paused) requestAnimationFrame(follow);
  };
  player.addEventListener("play", follow);
  if (!player.paused) follow(); // it was started before this script ran
  player.addEventListener("seeked", show);
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-start]");
    if (!button) return;
    player.currentTime = Number(button.dataset.start);
    player.play();
  });
}

const player = document.querySelector("#player");
const container = document.querySelector("[data-waveform]");
if (player && container) followPlayer(container, player);
const words = document.querySelector("#words");
if (player && words) lightWords(words, player);
