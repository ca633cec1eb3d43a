// A waveform that follows a player: of peaks that grow while audio arrives, or of a file.

import WaveSurfer from "../../vendor/wavesurfer/wavesurfer.esm.js";
import { onThemeChange, themeColor } from "../../website/js/theme_colors.js";
import { peaksOfBlob } from "./pcm.js";

const nonce = () => document.querySelector("style[nonce]")?.nonce ?? "";
const colors = () => ({ waveColor: themeColor("--line-strong"), progressColor: themeColor("--accent"), cursorColor: themeColor("--accent") });

/**
 * Waveform in a container. onSeek: called with the second that was clicked.
 * Methods: setPeaks(peaks, seconds), setTime(seconds), showBlob(blob), showUrl(url), destroy().
 */
export class Waveform {
  #surfer;
  #time = 0;

  constructor(container, { onSeek, height = 72 } = {}) {
    this.#surfer = WaveSurfer.create({
      container, height, cspNonce: nonce(), normalize: true, barWidth: 2, barGap: 1.5, barRadius: 2, cursorWidth: 1,
      dragToSeek: true, hideScrollbar: true, interact: Boolean(onSeek), ...colors(),
    });
    this.#surfer.on("interaction", (seconds) => onSeek?.(seconds));
    onThemeChange(() => this.#surfer.setOptions(colors()));
  }

  /** Draw these peaks, 0 to 1, as audio of so many seconds. */
  async setPeaks(peaks, seconds) {
    if (!peaks.length || !seconds) return;
    await this.#surfer.load("", [peaks], seconds).catch(() => {});
    this.setTime(this.#time);
  }

  setTime(seconds) {
    this.#time = seconds;
    if (this.#surfer.getDuration()) this.#surfer.setTime(Math.min(seconds, this.#surfer.getDuration()));
  }

  /** Draw a Blob; returns its seconds, or 0 if the browser cannot decode it. */
  async showBlob(blob) {
    try {
      const { peaks, seconds } = await peaksOfBlob(blob);
      await this.setPeaks(peaks, seconds);
      return seconds;
    } catch {
      return 0;
    }
  }

  /** Draw a file of this server, unless it is too large to decode here. */
  async showUrl(url, { largestBytes = 30_000_000 } = {}) {
    try {
      const response = await fetch(url);
      if (!response.ok || Number(response.headers.get("Content-Length")) > largestBytes) {
        response.body?.cancel();
        return 0;
      }
      return await this.showBlob(await response.blob());
    } catch {
      return 0;
    }
  }

  /** The WaveSurfer, for its plugins. */
  get surfer() {
    return this.#surfer;
  }

  destroy() {
    this.#surfer.destroy();
  }
}
