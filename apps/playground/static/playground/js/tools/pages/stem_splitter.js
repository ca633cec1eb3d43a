// Page /stem-splitter/.

import { Mixer } from "../mixer.js";
import { Comparison } from "../compare.js";
import { Tool, fetchSound } from "../tool.js";
import { element, localAddress } from "../elements.js";

const find = (selector) => document.querySelector(selector);
const mixer = new Mixer(find("[data-mixer]"));
const comparison = new Comparison(find("[data-compare]"));
let loading = Promise.resolve();
const title = (name) => name[0].toUpperCase() + name.slice(1);

// One of the two is heard at a time.
for (const { media } of Object.values(comparison.sides)) media.addEventListener("play", () => mixer.stop());
find("[data-mixer] [data-play]").addEventListener("click", () => comparison.media.pause());

/** Show the song beside a stem; each comparison waits for the one before. */
function compare(stem, tool) {
  for (const button of find("[data-compared]").children) button.setAttribute("aria-pressed", String(button.dataset.stemCompared === stem.name));
  Object.assign(find("[data-compare] [data-download]"), { href: stem.url, download: stem.download });
  delete comparison.root.dataset.ready; // at once, not when its turn comes
  loading = loading.then(async () => comparison.load(tool.recording, await fetchSound(stem.url, tool.recording.seconds))).catch((error) => tool.fail(error));
  return loading;
}

/** Buttons that choose the stem beside the song. */
function offer(stems, tool) {
  const buttons = stems.map((stem) => {
    const button = element("button", { type: "button", "data-stem-compared": stem.name, text: stem.title });
    button.addEventListener("click", () => compare(stem, tool));
    return button;
  });
  find("[data-compared]").replaceChildren(...buttons);
}

new Tool({
  begin() {
    mixer.clear();
    comparison.clear();
  },
  async show(result, tool) {
    const base = tool.recording.name.replace(/\.[^.]*$/, "");
    const stems = result.outputs.map(({ name, url }) => {
      const address = localAddress(url);
      return { name, title: title(name), url: address, download: `${base}-${name}.${address.split(".").pop()}` };
    });
    find("[data-archive]").hidden = result.uuid === "example";
    Object.assign(find("[data-archive]"), { href: `/static/downloads/${result.uuid}/archive.zip`, download: `${base}-stems.zip` });
    await mixer.load(stems, result.duration ?? tool.recording.seconds ?? 0);
    offer(stems, tool);
    await compare(stems[0], tool);
  },
});
