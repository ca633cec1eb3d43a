// Page /audio-converter/.

import { Comparison } from "../compare.js";
import { Tool, fetchSound } from "../tool.js";
import { clock, formatBytes } from "../../../../website/js/formats.js";
import { localAddress } from "../elements.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const facts = (name, bytes, seconds) => [name.split(".").pop().toUpperCase(), formatBytes(bytes), seconds && clock(seconds)].filter(Boolean).join(" · ");
const comparison = new Comparison(find("compare"));

new Tool({
  begin: () => comparison.clear(),
  async show(result, tool) {
    const { recording } = tool;
    const url = localAddress(result.result_url);
    const name = `${recording.name.replace(/\.[^.]*$/, "")}.${url.split(".").pop()}`;
    find("before").textContent = facts(recording.name, recording.blob.size, recording.seconds);
    find("after").textContent = facts(name, result.bytes, result.duration);
    Object.assign(find("download"), { href: url, download: name });
    await comparison.load(recording, await fetchSound(url, result.duration));
  },
});
