// The page `/`: sends the text, plays it while it is spoken, and shows what can be done with the result.

import { toast } from "../../website/js/site.js";
import { ApiError, errorFrom, fetchJson, inWords, send, streamEvents } from "./api.js";
import { ElementPlayer } from "./element_player.js";
import { followJob } from "./jobs.js";
import { countCharacters, insertMarkup, replaceSelection } from "./markup.js";
import { Peaks, decodeBase64, samplesOf } from "./pcm.js";
import { ModelPicker } from "./model_picker.js";
import { PlayerView } from "./player_view.js";
import { showProblem } from "./problem.js";
import { RecentResults, remember } from "./recent.js";
import { showRequest } from "./request_panel.js";
import { showActions } from "./result_actions.js";
import { toggleSample } from "./samples.js";
import { StreamPlayer } from "./stream_player.js";
import { VoicePicker, loadVoices } from "./voice_picker.js";

const LONGEST_LIVE = 10_000; // characters: some 11 minutes, 30 MB of samples; longer texts are heard when they are done
const WAV_HEADER_BYTES = 44;
const DRAWING_MILLISECONDS = 300;
const LONGEST_WITH_WORDS = 3600; // seconds: a page of more words would be slow

const $ = (selector) => document.querySelector(selector);
const form = $("#speak");
const config = JSON.parse(form.dataset.config);
const hasAccount = form.dataset.hasAccount === "true";
const view = new PlayerView($("#player"));
const picker = new VoicePicker($("#voice-dialog"), { hasAccount });
const models = new ModelPicker($("#model-dialog"), { samples: Object.fromEntries(config.models.map(({ id, sample }) => [id, sample])), onChoose: chooseModel });
const titles = Object.fromEntries([...form.format.options].map((option) => [option.value, option.textContent]));
let chosenVoice = { id: $("#voice-name").dataset.voice, name: $("#voice-name").textContent, sample: "" };
let allowance = config.allowance;
let running = null;

const model = () => config.models.find((one) => one.id === form.model.value);

// The form

function showModel() {
  const found = model();
  if (!found) return;
  const price = hasAccount ? (found.creditsPer1k ? `${found.creditsPer1k} credits per 1,000 characters. ` : "Free. ") : "";
  $("#model-name").textContent = found.name;
  $("#model-hint").textContent = price + found.description;
  $("#model-sample").disabled = !found.sample;
  $("#model-sample").setAttribute("aria-label", `Hear ${found.name}`);
  const { speed, language } = form;
  [speed.min, speed.max] = found.speeds.map(String);
  const wanted = language.value;
  language.replaceChildren(new Option("Detect", ""), ...found.languages.map(([tag, name]) => new Option(name, tag)));
  language.value = found.languages.some(([tag]) => tag === wanted) ? wanted : "";
  update();
}

function setVoice(voice) {
  chosenVoice = voice;
  $("#voice-name").textContent = voice.name;
  $("#voice-name").dataset.voice = voice.id;
  $("#voice-sample").disabled = !voice.sample;
  if (voice.model && voice.model !== form.model.value && config.models.some((one) => one.id === voice.model)) {
    form.model.value = voice.model;
    showModel();
  }
  update();
}

function limit() {
  const most = model()?.maxCharacters ?? Infinity;
  return allowance?.kind === "characters" ? Math.min(most, allowance.left) : most;
}

function update() {
  const count = countCharacters(form.text.value);
  const most = limit();
  const number = (value) => value.toLocaleString("en");
  const isDaily = allowance?.kind === "characters";
  const left = isDaily ? ` · ${number(allowance.left)} of ${number(allowance.limit)} free today` : "";
  const cost = allowance?.kind === "credits" && model()?.creditsPer1k ? ` · ${number(Math.round(count * model().creditsPer1k) / 1000)} of ${number(allowance.left)} credits` : "";
  const shown = isDaily ? `${number(count)} characters${left}` : `${number(count)} of ${number(most)} characters${cost}`;
  $("#count").textContent = shown;
  $("#count").classList.toggle("is-over", count > most);
  form.text.setAttribute("aria-invalid", String(count > most));
  $("#speed-shown").textContent = `${Number(form.speed.value)}×`;
  showRequests();
}

/** Body of the request: what differs from the API's defaults. */
function bodyOf() {
  const body = { text: form.text.value, model: form.model.value, voice: chosenVoice.id, format: form.format.value };
  if (!body.voice) delete body.voice;
  if (Number(form.speed.value) !== 1) body.speed = Number(form.speed.value);
  if (form.language.value) body.language = form.language.value;
  return body;
}

const isLive = (text) => countCharacters(text) <= LONGEST_LIVE && form.format.value !== "m4b";

/** The request that the page sends: {path, json}. */
function requestOf() {
  const body = bodyOf();
  if (!isLive(body.text)) return { path: "/v1/tts/", json: body };
  return { path: "/v1/tts/stream/", json: body.format === "wav" ? body : { ...body, stream_format: "wav" } };
}

function showRequests() {
  const answer = document.querySelector("[data-answer]:checked").value;
  if (answer === "file") {
    const body = bodyOf();
    showRequest($("#request"), { path: "/v1/tts/", json: { ...body, stream: true }, saves: `speech.${config.formats[body.format]}` });
  } else {
    const request = requestOf();
    const events = request.path.endsWith("stream/") ? "audio" : "";
    showRequest($("#request"), { ...request, saves: events ? "speech.wav" : "", events });
  }
}

// Speaking

function setBusy(isBusy, status = "") {
  $("#stop-button").hidden = !isBusy;
  $("#speak-button").disabled = isBusy;
  $("#speak-status").textContent = status;
}

function checkText() {
  const count = countCharacters(form.text.value);
  if (!count) return Object.assign(new Error("Type what should be spoken, or choose an example."), { title: "The text is empty" });
  if (!model()) return Object.assign(new Error("No model that speaks is running. Try again in a minute."), { title: "Nothing can speak now" });
  const most = limit();
  if (count <= most) return null;
  if (allowance?.kind === "characters" && most === allowance.left) {
    return new ApiError({ status: 429, code: "daily_characters_exceeded", message: "", retryAfter: allowance.renewed_in_seconds });
  }
  const action = hasAccount ? { text: "See the plans", href: "/pricing/" } : { text: "Sign up", href: "/account/signup/" };
  return Object.assign(new Error(`It has ${count.toLocaleString("en")} characters; one request takes ${most.toLocaleString("en")}.`), { title: "The text is too long", action });
}

async function speak() {
  stop();
  const problem = checkText();
  showProblem($("#speak-problem"), problem, { isVisitor: !hasAccount });
  if (problem) {
    form.text.focus();
    return;
  }
  const run = { abort: new AbortController(), request: requestOf(), voice: chosenVoice, startedAt: performance.now() };
  running = run;
  prepareResult();
  setBusy(true, "Starting");
  try {
    if (run.request.path.endsWith("stream/")) await speakLive(run);
    else await speakLater(run);
  } catch (error) {
    if (error.name !== "AbortError" && running === run) await onFailure(run, error);
  } finally {
    if (running === run) {
      running = null;
      setBusy(false);
    }
    refreshAllowance();
  }
}

function prepareResult() {
  $("#result").hidden = false;
  $("#result-actions").hidden = true;
  $("#result-note").hidden = true;
  $("#job-progress").hidden = true;
  view.words.clear();
}

async function speakLive(run) {
  const player = view.attach(new StreamPlayer({ sampleRate: model().sampleRate || 24000 }));
  const peaks = new Peaks();
  const drawer = drawPeaks(player, peaks);
  player.play();
  try {
    for await (const { event, data } of streamEvents(run.request.path.replace("/v1/", ""), { json: run.request.json, signal: run.abort.signal })) {
      if (event === "audio") {
        takeAudio(player, peaks, data);
        setBusy(true, "Speaking");
        drawer.draw();
      } else if (event === "error") {
        throw errorFrom(data, 500);
      } else if (event === "done") {
        player.complete();
        await drawer.finish();
        finish(run, { uuid: data.uuid, seconds: data.duration });
      }
    }
    if (!player.isComplete) throw new ApiError({ status: 0, code: "broken_off", message: "The speech broke off." });
  } catch (error) {
    player.complete();
    throw error;
  }
}

function takeAudio(player, peaks, { index, audio, sample_rate: rate, words }) {
  const bytes = decodeBase64(audio);
  const samples = samplesOf(index === 0 ? bytes.subarray(WAV_HEADER_BYTES) : bytes);
  player.sampleRate = rate;
  player.append(samples);
  peaks.add(samples);
  view.words.append(words);
}

/** Redraws the waveform of growing peaks, not more often than it can be seen. */
function drawPeaks(player, peaks) {
  let last = 0;
  const now = () => view.waveform.setPeaks(peaks.list, player.duration);
  return {
    draw() {
      if (performance.now() - last < DRAWING_MILLISECONDS) return;
      last = performance.now();
      now();
    },
    finish: now,
  };
}

/** A long text: queued, and heard when it is done. */
async function speakLater(run) {
  view.detach();
  const queued = await fetchJson("tts/", { json: run.request.json, signal: run.abort.signal });
  run.uuid = queued.uuid;
  await waitForFile(run, queued.uuid);
}

async function waitForFile(run, uuid) {
  const progress = $("#job-progress");
  progress.hidden = false;
  note("A long text is heard when it is done. You may leave this page: the result is kept under Recent.");
  const state = await followJob(uuid, {
    signal: run.abort.signal,
    onProgress({ share, secondsLeft }) {
      progress.value = share;
      setBusy(true, secondsLeft ? `${Math.round(share * 100)}%, done ${inWords(secondsLeft)}` : "Queued");
    },
  });
  progress.hidden = true;
  note("");
  await playFile(uuid, state.duration);
  finish(run, { uuid, seconds: state.duration });
}

async function playFile(uuid, seconds) {
  const format = ["mp3", "wav", "m4a", "flac"].includes(form.format.value) ? form.format.value : "mp3";
  const url = `/static/downloads/${uuid}/output.${format}`;
  view.attach(new ElementPlayer(url)).play()?.catch(() => {});
  view.waveform.showUrl(url);
  if (seconds > LONGEST_WITH_WORDS) return;
  const { words = [] } = await fetchJson(`speech/results/?uuid=${uuid}&timestamps=words`).catch(() => ({}));
  view.words.append(words);
}

function note(text) {
  $("#result-note").textContent = text;
  $("#result-note").hidden = !text;
}

function finish(run, { uuid, seconds }) {
  const { text, format } = run.request.json;
  showActions($("#result-actions"), { uuid, format, formats: config.formats, titles, hasWords: model().hasWordTimings });
  if (!view.words.length && !model().hasWordTimings) note(`${model().name} does not say when its words are heard.`);
  if (!hasAccount) remember({ uuid, text: text.slice(0, 120), fullText: text, voice: run.voice.id, voiceName: run.voice.name, model: form.model.value, format, seconds, at: new Date().toISOString() });
  recent.refresh();
}

async function onFailure(run, error) {
  if (error.status === 504 && error.uuid) { // no worker in time: the job continues
    await waitForFile(run, error.uuid).catch((later) => { if (later.name !== "AbortError") showFailure(later); });
    return;
  }
  showFailure(error);
}

function showFailure(error) {
  if (!view.player?.duration) $("#result").hidden = true;
  showProblem($("#speak-problem"), error, { isVisitor: !hasAccount });
  if (error.param === "text") form.text.focus();
}

/** Stop the sound and, if the text is still being spoken, its job. */
function stop() {
  const run = running;
  running = null;
  run?.abort.abort();
  view.player?.pause();
  setBusy(false);
  if (run?.uuid && hasAccount) send(`jobs/${run.uuid}/cancel/`, { method: "POST" }).catch(() => {});
}

async function refreshAllowance() {
  const found = await fetchJson("/playground/allowance/").catch(() => null);
  if (found) allowance = found.allowance;
  update();
}

// Events

const recent = new RecentResults($("#recent"), {
  hasAccount,
  onRepeat(result) {
    form.text.value = result.fullText ?? result.text;
    update();
    form.text.focus();
    scrollTo({ top: 0, behavior: "smooth" });
  },
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  speak();
});
document.addEventListener("keydown", (event) => {
  const isPlain = document.activeElement === document.body;
  const isChord = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (document.querySelector("dialog[open]") || event.isComposing || !(isChord || (event.key === "Enter" && isPlain))) return;
  event.preventDefault();
  speak();
});
$("#stop-button").addEventListener("click", stop);
form.text.addEventListener("input", update);
for (const name of ["speed", "language", "format"]) form.elements[name].addEventListener("input", update);
$("#model-open").addEventListener("click", () => models.open(form.model.value));
for (const radio of document.querySelectorAll("[data-answer]")) radio.addEventListener("change", showRequests);

$(".ssml").addEventListener("click", (event) => {
  const button = event.target.closest("button[data-before], button[data-insert]");
  if (!button) return;
  const { before, after, sample, insert } = button.dataset;
  button.closest("details")?.removeAttribute("open");
  if (insert) replaceSelection(form.text, insert);
  else insertMarkup(form.text, { before, after, sample });
});
$("[data-insert-voice]").addEventListener("click", () => {
  const range = [form.text.selectionStart, form.text.selectionEnd];
  picker.open({
    filters: { model: form.model.value },
    onChoose(voice) {
      form.text.focus();
      form.text.setSelectionRange(...range);
      insertMarkup(form.text, { before: `<voice name="${voice.id}">`, after: "</voice>", sample: "These words" });
    },
  });
});
$(".speak-examples").addEventListener("click", (event) => {
  const button = event.target.closest("[data-example]");
  if (!button) return;
  const example = config.examples[Number(button.dataset.example)];
  form.text.focus();
  form.text.select();
  replaceSelection(form.text, example.text);
  if (example.voice) useVoice(example.voice, example.model);
});
$("#voice-open").addEventListener("click", () => picker.open({ current: chosenVoice.id, onChoose: setVoice }));
const hear = (button, sample) => toggleSample(button, sample, { onError: () => toast("This sample cannot be played now.", "danger") });
$("#voice-sample").addEventListener("click", () => hear($("#voice-sample"), chosenVoice.sample));
$("#model-sample").addEventListener("click", () => hear($("#model-sample"), model().sample));

async function useVoice(id, modelId) {
  const voices = await loadVoices().catch(() => []);
  const found = voices.find((voice) => voice.id === id && (!modelId || voice.model === modelId)) ?? voices.find((voice) => voice.id === id);
  if (found) setVoice(found);
}

function chooseModel(id) {
  form.model.value = id;
  if (chosenVoice.model && chosenVoice.model !== id && !chosenVoice.own) chooseDefaultVoice();
  showModel();
}

function chooseDefaultVoice() {
  const { defaultVoice, id } = model();
  setVoice({ id: defaultVoice, name: defaultVoice, sample: "", model: id });
  useVoice(defaultVoice, id);
}

$("#voice-sample").disabled = true;
showModel();
recent.refresh();
if (chosenVoice.id) useVoice(chosenVoice.id, form.model.value);
