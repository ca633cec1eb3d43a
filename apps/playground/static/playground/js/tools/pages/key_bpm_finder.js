// Page /key-bpm-finder/.

import { drawWheel } from "../camelot.js";
import { Tool } from "../tool.js";
import { element } from "../elements.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const UNKNOWN = "Not found";
const sure = (confidence) => (confidence >= 0.7 ? "Clear" : confidence >= 0.4 ? "Fairly sure" : "Uncertain");
const player = find("player");
let click = null;

new Tool({
  begin: () => stopClicks(),
  onRecording: (recording) => recording && (player.src = recording.url),
  show(result) {
    const told = result.result;
    find("key").textContent = told.key ? `${told.key} ${told.scale}` : UNKNOWN;
    find("key-confidence").textContent = told.key ? sure(told.key_confidence) : "This does not sound like music in one key.";
    find("bpm").textContent = told.bpm ? `${told.bpm.toFixed(1)} BPM` : UNKNOWN;
    find("bpm-confidence").textContent = told.bpm ? sure(told.bpm_confidence) : "No steady beat was heard.";
    find("meter").textContent = told.time_signature ?? UNKNOWN;
    find("camelot").textContent = told.camelot ?? UNKNOWN;
    find("wheel-box").hidden = !told.camelot;
    find("wheel").replaceChildren(...(told.camelot ? [drawWheel(told.camelot)] : []));
    find("compatible").replaceChildren(...told.compatible_keys.map((key) => element("li", { class: "badge", text: key })));
    find("metronome").hidden = !told.bpm;
    find("metronome").onclick = () => (click ? stopClicks() : startClicks(told.bpm));
  },
});

/** Clicks at the tempo, to compare it by ear. */
function startClicks(bpm) {
  const context = new AudioContext();
  let next = context.currentTime + 0.1;
  const schedule = () => {
    for (; next < context.currentTime + 0.3; next += 60 / bpm) {
      const tone = new OscillatorNode(context, { frequency: 1500 });
      const gain = new GainNode(context, { gain: 0 });
      gain.gain.setValueAtTime(0.25, next);
      gain.gain.exponentialRampToValueAtTime(0.001, next + 0.05);
      tone.connect(gain).connect(context.destination);
      tone.start(next);
      tone.stop(next + 0.06);
    }
  };
  click = { context, timer: setInterval(schedule, 100) };
  find("metronome").setAttribute("aria-pressed", "true");
}

function stopClicks() {
  if (click) {
    clearInterval(click.timer);
    click.context.close();
  }
  click = null;
  find("metronome").setAttribute("aria-pressed", "false");
}
