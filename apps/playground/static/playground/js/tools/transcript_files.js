// A transcript as text and subtitles. Pure functions.

/** "00:01:02.500" in seconds. */
const secondsOf = (time) => time.split(":").reduce((sum, part) => sum * 60 + Number(part.replace(",", ".")), 0);

/** Cues of a WebVTT file as the platform writes it: [{start, end, speaker, text}]; speaker: its label, or empty. */
export function parseSubtitles(vtt) {
  const cues = [];
  for (const block of vtt.replaceAll("\r", "").split("\n\n")) {
    const lines = block.split("\n");
    const index = lines.findIndex((line) => line.includes("-->"));
    if (index < 0) continue;
    const [start, end] = lines[index].split("-->").map((time) => secondsOf(time.trim().split(" ")[0]));
    const [, speaker, text] = /^(?:<v ([^>]+)>)?(.*)$/s.exec(lines.slice(index + 1).join("\n").replaceAll("</v>", "").trimEnd());
    cues.push({ start, end, speaker: unescaped(speaker ?? ""), text: unescaped(text) });
  }
  return cues;
}

const unescaped = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&nbsp;", " ").replaceAll("&amp;", "&");
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function clock(seconds, mark) {
  const milliseconds = Math.round(seconds * 1000);
  const pad = (value, size = 2) => String(value).padStart(size, "0");
  const whole = Math.floor(milliseconds / 1000);
  return `${pad(Math.floor(whole / 3600))}:${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}${mark}${pad(milliseconds % 1000, 3)}`;
}

/** Subtitles as "srt" or "vtt", with the names of speakers where they change. */
export function subtitlesText(cues, speakerName, format) {
  const isVtt = format === "vtt";
  const mark = isVtt ? "." : ",";
  let before = "";
  const blocks = cues.map((cue, index) => {
    const { speaker } = cue;
    const name = speaker ? speakerName(speaker) : "";
    const text = isVtt ? escaped(cue.text) : cue.text;
    const isChanged = speaker !== before;
    before = speaker;
    const spoken = !name ? text : isVtt ? `<v ${escaped(name)}>${text}</v>` : isChanged ? `${name}: ${text}` : text;
    const times = `${clock(cue.start, mark)} --> ${clock(cue.end, mark)}`;
    return `${isVtt ? "" : `${index + 1}\n`}${times}\n${spoken}\n`;
  });
  return (isVtt ? "WEBVTT\n\n" : "") + blocks.join("\n");
}

/** Cues of segments that were never subtitles: cut where a line becomes too long to read, rather at the end of a phrase. */
export function cuesOf(segments, { most = 84, seconds = 6 } = {}) {
  const cues = [];
  for (const { words } of segments) {
    let cue = null;
    for (const { word, start, end } of words) {
      const isFull = cue && (cue.text.length + word.length + 1 > most || end - cue.start > seconds || (cue.text.length > most / 2 && /[.!?,;:]$/.test(cue.text)));
      if (!cue || isFull) cues.push((cue = { start, end, speaker: "", text: word }));
      else Object.assign(cue, { end, text: `${cue.text} ${word}` });
    }
  }
  return cues;
}

/** The words, a paragraph for each turn of a speaker. */
export function plainText(segments, speakerName) {
  const paragraphs = [];
  let before = null;
  for (const { speaker, text } of segments) {
    if (speaker && speaker !== before) paragraphs.push([`${speakerName(speaker)}:`]);
    else if (paragraphs.length === 0) paragraphs.push([]);
    paragraphs.at(-1).push(text);
    before = speaker;
  }
  return paragraphs.map((words) => words.join(" ")).join("\n\n") + "\n";
}
