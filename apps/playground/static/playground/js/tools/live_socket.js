// Speech that is transcribed while it is spoken: the microphone over a WebSocket of the API, /v1/listen.

import { ApiError, fetchJson } from "../api.js";
import { explainMicrophone, RecordingError } from "../recorder.js";

const RATE = 16_000;
const MOST_SECONDS = 3600;
const MOST_UNSENT_BYTES = 1 << 20; // half a minute that the network did not take
const CLOSE_SECONDS = 60;

/** Address of the connection. options: model, language (auto: found out), hotwords. */
export function listenAddress(origin, { model = "", language = "auto", hotwords = "" } = {}) {
  const query = new URLSearchParams({ encoding: "linear16", sample_rate: String(RATE), interim_results: "true", smart_format: "true", language: language === "auto" ? "multi" : language });
  if (model) query.set("model", model);
  for (const term of hotwords.split(",").map((word) => word.trim()).filter(Boolean)) query.append("keyterm", term);
  return `${origin.replace(/^http/, "ws")}/v1/listen?${query}`;
}

/** The segment of a final result, as a transcript of the API has it; null without words. */
export function segmentOf({ channel }) {
  const { words, transcript } = channel.alternatives[0];
  if (!words.length) return null;
  return {
    start: words[0].start,
    end: words.at(-1).end,
    text: transcript,
    words: words.map((word) => ({ word: word.punctuated_word ?? word.word, start: word.start, end: word.end, probability: word.confidence })),
  };
}

/** 16-bit mono samples as a WAV file. blocks: ArrayBuffers. */
export function wavOf(blocks) {
  const size = blocks.reduce((sum, block) => sum + block.byteLength, 0);
  const header = new DataView(new ArrayBuffer(44));
  const write = (at, text) => [...text].forEach((letter, index) => header.setUint8(at + index, letter.charCodeAt(0)));
  write(0, "RIFF");
  header.setUint32(4, 36 + size, true);
  write(8, "WAVEfmt ");
  header.setUint32(16, 16, true);
  header.setUint16(20, 1, true);
  header.setUint16(22, 1, true);
  header.setUint32(24, RATE, true);
  header.setUint32(28, 2 * RATE, true);
  header.setUint16(32, 2, true);
  header.setUint16(34, 16, true);
  write(36, "data");
  header.setUint32(40, size, true);
  return new Blob([header, ...blocks], { type: "audio/wav" });
}

/**
 * One live transcription. Events: open; level (detail: {rms, peak, seconds}); interim (detail: text); final (detail: segment);
 * end (detail: {wav: Blob, seconds, error: ApiError or null, languages}), once, after the last words.
 */
export class LiveSocket extends EventTarget {
  #stream = null;
  #context = null;
  #socket = null;
  #blocks = [];
  #samples = 0;
  #languages = new Map();
  #error = null;
  #isStopping = false;
  #hasEnded = false;
  #timer = 0;

  get seconds() {
    return this.#samples / RATE;
  }

  /** Ask for the microphone, connect and listen. Throws RecordingError or ApiError, with nothing left open. */
  async start({ worklet, ...options }) {
    if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) {
      throw new RecordingError("This browser cannot listen here: the microphone needs https, or localhost.");
    }
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
    } catch (error) {
      throw new RecordingError(explainMicrophone(error));
    }
    try {
      const { ticket } = await fetchJson("ws-tickets/", { method: "POST" });
      await this.#connect(listenAddress(location.origin, options), ticket);
      await this.#listen(worklet);
    } catch (error) {
      this.#hasEnded = true;
      this.#release();
      this.#socket?.close();
      throw error;
    }
  }

  /** Stop the microphone; `end` follows with the last words. */
  stop() {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#release();
    if (this.#socket.readyState !== WebSocket.OPEN) return this.#end();
    this.#socket.send(JSON.stringify({ type: "CloseStream" }));
    this.#timer = setTimeout(() => this.#fail(new ApiError({ status: 504, message: "The last words did not arrive." })), CLOSE_SECONDS * 1000);
  }

  #connect(address, ticket) {
    return new Promise((resolve, reject) => {
      this.#socket = new WebSocket(address, ["ttsai-ticket", `ttsai-ticket.${ticket}`]); // never in the address, which is logged
      this.#socket.binaryType = "arraybuffer";
      let isOpen = false;
      this.#socket.addEventListener("open", () => {
        isOpen = true;
        this.dispatchEvent(new Event("open"));
        resolve();
      });
      this.#socket.addEventListener("message", (event) => this.#take(JSON.parse(event.data)));
      this.#socket.addEventListener("close", (event) => {
        if (!isOpen) { // a browser does not tell the answer to a refused handshake
          reject(new ApiError({ status: 422, message: "The live connection was refused. Close other live connections of your account, or choose another model." }));
          return;
        }
        if (event.code !== 1000 && !this.#error) this.#error = new ApiError({ status: 0, message: "The live connection ended early." });
        this.#end();
      });
    });
  }

  async #listen(worklet) {
    this.#context = new AudioContext();
    await this.#context.audioWorklet.addModule(worklet);
    const node = new AudioWorkletNode(this.#context, "pcm", { numberOfInputs: 1, numberOfOutputs: 0 });
    node.port.onmessage = ({ data }) => this.#send(data);
    this.#context.createMediaStreamSource(this.#stream).connect(node);
    await this.#context.resume();
  }

  #send(block) {
    if (this.#isStopping || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(block);
    this.#blocks.push(block);
    this.#samples += block.byteLength / 2;
    this.#measure(new Int16Array(block));
    if (this.#socket.bufferedAmount > MOST_UNSENT_BYTES) {
      this.#error = new ApiError({ status: 0, message: "The network is too slow for live audio." });
      this.stop();
    } else if (this.seconds >= MOST_SECONDS) {
      this.stop();
    }
  }

  #measure(samples) {
    let [sum, peak] = [0, 0];
    for (const sample of samples) {
      sum += sample * sample;
      peak = Math.max(peak, Math.abs(sample));
    }
    const detail = { rms: Math.sqrt(sum / samples.length) / 32768, peak: peak / 32768, seconds: this.seconds };
    this.dispatchEvent(new CustomEvent("level", { detail }));
  }

  #take(message) {
    if (message.type === "Results") return this.#takeResults(message);
    if (message.err_msg) this.#error = new ApiError({ status: statusOf(message), code: message.code ?? "", message: message.err_msg });
  }

  #takeResults(results) {
    if (!results.is_final) return this.dispatchEvent(new CustomEvent("interim", { detail: results.channel.alternatives[0].transcript }));
    const segment = segmentOf(results);
    for (const language of results.channel.alternatives[0].languages ?? []) {
      this.#languages.set(language, (this.#languages.get(language) ?? 0) + 1);
    }
    this.dispatchEvent(segment ? new CustomEvent("final", { detail: segment }) : new CustomEvent("interim", { detail: "" }));
  }

  #fail(error) {
    this.#error ??= error;
    this.#socket.close();
    this.#end();
  }

  #release() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    if (this.#context?.state !== "closed") this.#context?.close();
  }

  #end() {
    clearTimeout(this.#timer);
    if (this.#hasEnded) return;
    this.#hasEnded = this.#isStopping = true;
    this.#release();
    const languages = [...this.#languages].sort((one, other) => other[1] - one[1]).map(([language]) => language);
    this.dispatchEvent(new CustomEvent("end", { detail: { wav: wavOf(this.#blocks), seconds: this.seconds, error: this.#error, languages } }));
  }
}

/** Status of an error that ended the connection, for its explanation. */
function statusOf({ code = "", err_code: name = "" }) {
  if (/credits|cap_reached/.test(code)) return 402;
  if (name === "TOO_MANY_REQUESTS") return 429;
  if (name === "SERVICE_UNAVAILABLE") return 503;
  if (name === "INVALID_AUTH") return 401;
  return name === "INTERNAL_SERVER_ERROR" ? 500 : 422;
}
