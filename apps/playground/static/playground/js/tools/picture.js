// Waveform and spectrogram of a sound, by wavesurfer.js.

import Spectrogram from "../../../vendor/wavesurfer/spectrogram.esm.js";
import WaveSurfer from "../../../vendor/wavesurfer/wavesurfer.esm.js";
import { themeColor } from "../../../website/js/theme_colors.js";
import { PICTURE_RATE } from "./sound.js";

const SPECTROGRAM_HEIGHT = 128;
const LONGEST_SPECTROGRAM_SECONDS = 240;

/** Draw a sound that a media element plays. samples: mono at PICTURE_RATE. Clicks on the picture move the element's position. */
export function draw({ wave, spectrum, media, samples, height = 72 }) {
  const seconds = samples.length / PICTURE_RATE;
  const surfer = WaveSurfer.create({
    container: wave,
    media,
    peaks: [samples],
    duration: seconds,
    height,
    waveColor: themeColor("--line-strong"),
    progressColor: themeColor("--accent"),
    cursorColor: themeColor("--ink"),
    cursorWidth: 1,
    barWidth: 2,
    barGap: 1,
    barRadius: 1,
    normalize: false,
    dragToSeek: true,
    hideScrollbar: true,
    cspNonce: wave.closest("[data-nonce]")?.dataset.nonce,
  });
  if (spectrum && seconds <= LONGEST_SPECTROGRAM_SECONDS) {
    surfer.registerPlugin(
      Spectrogram.create({
        container: spectrum,
        height: SPECTROGRAM_HEIGHT,
        fftSamples: 1024,
        frequencyMin: 0,
        frequencyMax: PICTURE_RATE / 2,
        scale: "mel",
        gainDB: 20,
        rangeDB: 75,
        labels: false,
        colorMap: colours(),
        useWebWorker: false,
      }),
    );
  } else if (spectrum) {
    spectrum.hidden = true;
  }
  return surfer;
}

/** Give a waveform the colours of the theme that is shown now. */
export function recolour(surfer) {
  surfer.setOptions({ waveColor: themeColor("--line-strong"), progressColor: themeColor("--accent"), cursorColor: themeColor("--ink") });
}

/** 256 colours from the page's ground to its accent and on to the ink. */
function colours() {
  const stops = [themeColor("--sunken"), themeColor("--accent-soft"), themeColor("--accent"), themeColor("--ink")].map(channels);
  return Array.from({ length: 256 }, (_, index) => {
    const place = (index / 255) * (stops.length - 1);
    const from = Math.min(Math.floor(place), stops.length - 2);
    const share = place - from;
    return [0, 1, 2].map((channel) => (stops[from][channel] * (1 - share) + stops[from + 1][channel] * share) / 255).concat(1);
  });
}

const channels = (colour) => (colour.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number);
