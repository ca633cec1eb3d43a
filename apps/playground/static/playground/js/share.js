// The page of a link: plays the result, with its waveform and its words.

import { fetchJson } from "./api.js";
import { ElementPlayer } from "./element_player.js";
import { PlayerView } from "./player_view.js";

const { uuid, file, hasWords } = document.querySelector("#shared").dataset;
const view = new PlayerView(document.querySelector("#player"));
view.attach(new ElementPlayer(file));
view.waveform.showUrl(file);
if (hasWords === "true") {
  const { words = [] } = await fetchJson(`speech/results/?uuid=${uuid}&timestamps=words`).catch(() => ({}));
  view.words.append(words);
}
document.querySelector('[data-player="words"]').hidden = view.words.length === 0;
