// Page /audio-converter/.

import { Tool } from "../tool.js";
import { clock, formatBytes } from "../../../../website/js/formats.js";
import { localAddress } from "../elements.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const facts = (name, bytes, seconds) => [name.split(".").pop().toUpperCase(), formatBytes(bytes), seconds && clock(seconds)].filter(Boolean).join(" · ");

new Tool({
  show(result, tool) {
    const { recording } = tool;
    const url = localAddress(result.result_url);
    const name = `${recording.name.replace(/\.[^.]*$/, "")}.${url.split(".").pop()}`;
    find("converted").src = url;
    find("converted").hidden = result.format === "pcm"; // no browser plays it
    find("before").textContent = facts(recording.name, recording.blob.size, recording.seconds);
    find("after").textContent = facts(name, result.bytes, result.duration);
    Object.assign(find("download"), { href: url, download: name });
  },
});
