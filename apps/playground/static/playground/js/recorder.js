// Records the microphone, in whatever format the browser records: the API takes them all.

const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const EXTENSIONS = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" };

/** A recording that cannot begin; its message is for the visitor. */
export class RecordingError extends Error {}

/** Message for a visitor whose microphone cannot be used. */
export function explainMicrophone(error) {
  if (error.name === "NotAllowedError") return "The browser may not use the microphone. Allow it in the address bar, then try again.";
  if (error.name === "NotFoundError") return "No microphone was found. Connect one, or choose a file.";
  if (error.name === "NotReadableError") return "Another program uses the microphone. Close it, then try again.";
  return "The microphone cannot be used in this browser. Choose a file instead.";
}

/**
 * Recorder of the microphone. Events: start, level (detail.level: 0 to 1, detail.rms, detail.peak, detail.seconds; 20 times a second), stop (detail: the File or null).
 * maxSeconds: it stops by itself. Without processing a voice is recorded as it is, which cloning needs.
 */
export class Recorder extends EventTarget {
  #recorder = null;
  #stream = null;
  #context = null;
  #timer = 0;
  #startedAt = 0;
  #isDropped = false;

  constructor({ maxSeconds = 600, isRaw = false } = {}) {
    super();
    this.maxSeconds = maxSeconds;
    this.isRaw = isRaw;
  }

  get isRecording() {
    return this.#recorder?.state === "recording";
  }

  get seconds() {
    return this.isRecording ? (performance.now() - this.#startedAt) / 1000 : 0;
  }

  /** Ask for the microphone and begin. Throws RecordingError. */
  async start() {
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) {
      throw new RecordingError("This browser cannot record here: recording needs https, or localhost. Choose a file instead.");
    }
    const processing = !this.isRaw;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: processing, noiseSuppression: processing, autoGainControl: processing },
      });
    } catch (error) {
      throw new RecordingError(explainMicrophone(error));
    }
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const chunks = [];
    this.#isDropped = false;
    this.#recorder = new MediaRecorder(this.#stream, { mimeType, audioBitsPerSecond: 128_000 });
    this.#recorder.addEventListener("dataavailable", (event) => chunks.push(event.data));
    this.#recorder.addEventListener("stop", () => this.#finish(chunks));
    this.#recorder.start(1000);
    this.#startedAt = performance.now();
    this.#measure();
    this.dispatchEvent(new Event("start"));
  }

  stop() {
    if (this.isRecording) this.#recorder.stop();
  }

  /** Stop and throw the recording away. */
  cancel() {
    this.#isDropped = true;
    this.stop();
  }

  #measure() {
    this.#context = new AudioContext();
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 1024;
    this.#context.createMediaStreamSource(this.#stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
      const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      const { seconds } = this;
      this.dispatchEvent(new CustomEvent("level", { detail: { level: Math.min(1, rms * 4), rms, peak, seconds } }));
      if (seconds >= this.maxSeconds) this.stop();
    }, 50);
  }

  #finish(chunks) {
    clearInterval(this.#timer);
    this.#context.close();
    for (const track of this.#stream.getTracks()) track.stop();
    const type = (this.#recorder.mimeType || "audio/webm").split(";")[0];
    const file = this.#isDropped ? null : new File(chunks, `recording.${EXTENSIONS[type] ?? "webm"}`, { type });
    this.dispatchEvent(new CustomEvent("stop", { detail: file }));
  }
}
