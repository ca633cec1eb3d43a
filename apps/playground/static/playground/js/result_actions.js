// Actions on a finished result: download in every format, subtitles, a link to share.

import { copy } from "../../website/js/site.js";

const SUBTITLES = { srt: "SubRip (.srt)", vtt: "WebVTT (.vtt)" };

/** Fill the actions of playground/speak.html. formats: {name: extension}; format: that of the result. */
export function showActions(root, { uuid, format, formats, titles, hasWords }) {
  const file = (name) => `/static/downloads/${uuid}/output.${formats[name]}`;
  const download = root.querySelector("#download");
  download.href = file(format);
  download.download = `speech.${formats[format]}`;
  download.querySelector("span").textContent = `Download ${titles[format] ?? format}`;
  root.querySelector("#downloads").replaceChildren(...Object.keys(formats).filter((name) => name !== format).map((name) => link(titles[name] ?? name, file(name), `speech.${formats[name]}`)));
  root.querySelector("#subtitle-files").replaceChildren(...Object.entries(SUBTITLES).map(([name, title]) => link(title, `/v1/speech/subtitles/?uuid=${uuid}&format=${name}&download=1`, `speech.${name}`)));
  root.querySelector("#subtitles").hidden = !hasWords;
  const address = `${location.origin}/share/${uuid}/`;
  root.querySelector("#share").onclick = () => copy(address, "Link copied. Whoever has it can listen.");
  root.querySelector("#share-open").href = address;
  root.hidden = false;
}

function link(text, href, name) {
  const item = document.createElement("a");
  Object.assign(item, { href, download: name, textContent: text });
  return item;
}
