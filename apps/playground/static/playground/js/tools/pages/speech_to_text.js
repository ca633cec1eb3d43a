// Page /speech-to-text/.

import { copy } from "../../../../website/js/site.js";
import { onThemeChange } from "../../../../website/js/theme_colors.js";
import { LiveTranscription } from "../live.js";
import { draw, recolour } from "../picture.js";
import { decode } from "../sound.js";
import { Tool } from "../tool.js";
import { Transcript } from "../transcript.js";
import { cuesOf, parseSubtitles, plainText, subtitlesText } from "../transcript_files.js";
import { clock } from "../../../../website/js/formats.js";
import { element, saveText } from "../elements.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const player = find("player");
const transcript = new Transcript(find("transcript"), { player });
let surfer = null;
let cues = [];
let document_ = null;

onThemeChange(() => surfer && recolour(surfer));

const speakerIndex = (speaker) => String(Math.max(0, transcript.speakers.indexOf(speaker)) % 6);
const speakerName = (speaker) => transcript.names.get(speaker) ?? speaker;

function showSpeakers(speakers) {
  find("speakers").hidden = speakers.length === 0;
  find("speaker-list").replaceChildren(
    ...speakers.map((speaker, index) => {
      const input = element("input", { class: "input", value: `Speaker ${index + 1}`, maxlength: 60, "aria-label": `Name of speaker ${index + 1}` });
      transcript.rename(speaker, input.value);
      input.addEventListener("input", () => {
        transcript.rename(speaker, input.value.trim() || `Speaker ${index + 1}`);
        showSubtitles();
      });
      return element("div", { class: "speaker-name", "data-speaker": String(index % 6) }, input);
    }),
  );
}

function showSubtitles() {
  find("subtitles").replaceChildren(
    ...cues.map((cue) => {
      const seek = element("button", { type: "button", class: "subtitle-time mono", text: clock(cue.start), "aria-label": `Play from ${clock(cue.start)}` });
      seek.addEventListener("click", () => transcript.seek(cue.start));
      const name = cue.speaker ? [element("strong", { class: "small", "data-speaker": speakerIndex(cue.speaker), text: `${speakerName(cue.speaker)}: ` })] : [];
      return element("li", {}, seek, element("span", { class: "subtitle-text" }, ...name, cue.text));
    }),
  );
}

async function loadSubtitles(result) {
  cues = parseSubtitles(result.subtitles ?? (await fetchSubtitles(result.uuid)));
  showSubtitles();
}

async function fetchSubtitles(uuid) {
  const answer = await fetch(`/web/v1/speech/subtitles/?uuid=${uuid}&format=vtt`);
  return answer.ok ? answer.text() : "";
}

async function drawRecording(recording) {
  surfer?.destroy();
  surfer = null;
  const samples = await decode(recording.blob, recording.seconds);
  if (samples) surfer = draw({ wave: find("wave"), media: player, samples, height: 56 });
}

function showTools(isShown) {
  for (const part of document.querySelectorAll("[data-result-tool]")) part.hidden = !isShown;
}

/** Show a transcript with its subtitles, and what can be saved of it. */
function showDocument(shown, name) {
  document_ = shown;
  transcript.show(document_);
  showSpeakers(transcript.speakers);
  const base = name.replace(/\.[^.]*$/, "");
  const write = {
    srt: () => [subtitlesText(cues, speakerName, "srt"), "application/x-subrip"],
    vtt: () => [subtitlesText(cues, speakerName, "vtt"), "text/vtt"],
    txt: () => [plainText(document_.segments, speakerName), "text/plain"],
    json: () => [JSON.stringify(named(document_), null, 2), "application/json"],
  };
  for (const button of document.querySelectorAll("[data-save]")) {
    button.onclick = () => saveText(`${base}.${button.dataset.save}`, ...write[button.dataset.save]());
  }
  find("copy-text").onclick = () => copy(plainText(document_.segments, speakerName));
}

/** Empty the result for new work. isLive: there is nothing to play or to save until its end. */
function beginResult(tool, { isLive = false } = {}) {
  showTools(!isLive);
  transcript.begin();
  tool.part("nothing").hidden = true;
  tool.part("result").hidden = false;
  find("speakers").hidden = true;
}

const tool = new Tool({
  begin(tool) {
    player.src = tool.recording.url;
    beginResult(tool);
  },
  onEvent: (event) => event.type === "transcript" && transcript.addWindow(event),
  async show(result, tool) {
    showDocument(result.result, tool.recording.name);
    await Promise.all([loadSubtitles(result), drawRecording(tool.recording)]);
  },
});

let liveUrl = "";
new LiveTranscription(tool, {
  view: find("transcript"),
  onBegin() {
    delete tool.root.dataset.done;
    tool.part("charged").textContent = "Live";
    tool.part("warnings").hidden = true;
    document.querySelector('[aria-controls="view-transcript"]').click();
    beginResult(tool, { isLive: true });
  },
  async onDone(heard, { wav, seconds }) {
    URL.revokeObjectURL(liveUrl);
    player.src = liveUrl = URL.createObjectURL(wav);
    showTools(true);
    cues = cuesOf(heard.segments);
    showDocument(heard, "live.wav");
    showSubtitles();
    await drawRecording({ blob: wav, seconds });
    tool.root.dataset.done = "live";
    tool.part("result-title").focus({ preventScroll: true });
  },
});

/** The transcript with the names that were given to its speakers. */
function named(told) {
  const segments = told.segments.map((segment) => (segment.speaker ? { ...segment, speaker: speakerName(segment.speaker) } : segment));
  return { ...told, segments };
}
