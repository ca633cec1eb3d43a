// Page /speech-translation/.

import { copy } from "../../../../website/js/site.js";
import { Tool } from "../tool.js";
import { localAddress } from "../elements.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const languages = new Intl.DisplayNames(["en"], { type: "language" });
const languageName = (tag) => {
  try {
    return languages.of(tag);
  } catch {
    return tag;
  }
};

new Tool({
  onRecording: (recording) => recording && (find("original").src = recording.url),
  show(result) {
    const told = result.result;
    find("source-language").textContent = `Original, ${languageName(told.source_language)}`;
    find("target-language").textContent = `Translation, ${languageName(told.target_language)}`;
    find("original-text").textContent = told.original_text || "No words were heard.";
    find("original-text").lang = told.source_language;
    find("translated-text").textContent = told.translated_text;
    find("translated-text").lang = told.target_language;
    const url = localAddress(result.result_url);
    find("translated").src = url;
    Object.assign(find("download"), { href: url, download: `translation-${told.target_language}.${result.format}` });
    find("copy-text").onclick = () => copy(told.translated_text);
  },
});
