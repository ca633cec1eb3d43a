// Page /voice-chat/: turns by microphone or text, in a conversation that the account keeps.

import { fetchJson } from "../../api.js";
import { Recorder } from "../../recorder.js";
import { runJob } from "../../jobs.js";
import { RecordingChecks } from "../recording_checks.js";
import { Tool, fetchSound } from "../tool.js";
import { clock } from "../../../../website/js/formats.js";
import { element, localAddress } from "../elements.js";

const find = (name) => document.querySelector(`[data-chat="${name}"]`);
const STORED = `voice-chat-conversation:${find("log").dataset.account}`;
const log = find("log");
const text = find("text");
let conversationId = "";
let recorder = null;
let abort = null;

const tool = new Tool({ needsSource: false, show() {}, moreFields: () => [["text", text?.value.trim() || "Hello!"], ...conversationField()] });

function conversationField() {
  return conversationId ? [["conversation_id", conversationId]] : [];
}

/** A message of the conversation; returns its parts, which may be filled later. */
function addMessage(who, words, { audioUrl = "" } = {}) {
  find("nothing").hidden = true;
  const said = element("p", { text: words });
  const message = element("li", { class: `chat-message chat-${who}` }, element("strong", { class: "small muted", text: who === "person" ? "You" : "Assistant" }), said);
  if (audioUrl) message.append(player(audioUrl));
  log.append(message);
  message.scrollIntoView({ block: "end", behavior: "smooth" });
  return { message, said };
}

const player = (url) => element("audio", { controls: true, preload: "none", src: localAddress(url), "aria-label": "The answer, spoken" });

/** Send a text or a recording as a turn. */
async function send({ words = "", recording = null }) {
  abort = new AbortController();
  showBusy(true);
  tool.fail(null);
  const mine = addMessage("person", words || "…");
  const form = new FormData();
  for (const [name, value] of tool.readFields()) if (name !== "text") form.append(name, value);
  if (recording) form.append("audio", recording, recording.name);
  else form.append("text", words);
  try {
    const result = await runJob("voice-chat/", form, { signal: abort.signal, onProgress: () => (find("state").textContent = "Thinking"), onEvent() {} }); // the event of its end comes sooner than the next question
    const told = result.result;
    mine.said.textContent = told.user_text;
    const theirs = addMessage("assistant", told.ai_text, { audioUrl: result.result_url });
    keep(told.conversation_id);
    theirs.message.querySelector("audio").play().catch(() => {});
    tool.root.dataset.done = result.uuid;
  } catch (error) {
    mine.message.remove();
    if (words && !text.value) text.value = words;
    find("nothing").hidden = log.children.length > 0;
    if (error.name !== "AbortError") tool.fail(error);
  } finally {
    abort = null;
    showBusy(false);
    text.focus();
  }
}

function keep(id) {
  conversationId = id;
  try {
    sessionStorage.setItem(STORED, id);
  } catch { /* storage is blocked: the conversation ends with the page */ }
  find("forget").hidden = !id;
  find("new").hidden = !id;
  tool.updateRequest();
}

function showBusy(isBusy) {
  find("progress").hidden = !isBusy;
  find("state").textContent = isBusy ? "Sending" : "";
  for (const control of [find("send"), find("speak")]) if (control) control.disabled = isBusy;
}

async function startSpeaking() {
  tool.fail(null);
  const checks = new RecordingChecks();
  const started = new Recorder({ maxSeconds: Number(find("speak").dataset.maxSeconds) });
  started.addEventListener("level", ({ detail }) => {
    find("meter").value = checks.add(detail).share;
    find("time").textContent = clock(detail.seconds);
  });
  started.addEventListener("stop", ({ detail: file }) => {
    recorder = null;
    showSpeaking(false);
    if (file) send({ recording: file });
  });
  try {
    await started.start();
    recorder = started;
    showSpeaking(true);
  } catch (error) {
    tool.fail(error);
  }
}

/** The sample question, sent as a recording of one's own. */
async function askSample({ currentTarget: button }) {
  if (abort) return;
  button.disabled = true;
  try {
    const { blob } = await fetchSound(button.dataset.chatSample);
    await send({ recording: new File([blob], "question.mp3", { type: "audio/mpeg" }) });
  } catch (error) {
    tool.fail(error);
  } finally {
    button.disabled = false;
  }
}

function showSpeaking(isSpeaking) {
  find("listening").hidden = !isSpeaking;
  find("writing").hidden = isSpeaking;
  (isSpeaking ? find("stop") : find("speak")).focus();
}

/** Show the conversation of earlier in this tab, with its stored turns. */
async function restore() {
  const id = new URLSearchParams(location.search).get("conversation") || stored();
  if (!id || !find("send")) return;
  try {
    const conversation = await fetchJson(`voice-chat/${id}/`);
    for (const turn of conversation.turns) {
      addMessage("person", turn.user_text);
      addMessage("assistant", turn.ai_text, { audioUrl: turn.audio_url });
    }
    keep(conversation.conversation_id);
  } catch {
    keep("");
  }
}

function stored() {
  try {
    return sessionStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function begin() {
  log.replaceChildren();
  find("nothing").hidden = false;
  keep("");
  text.focus();
}

async function forget() {
  try {
    await fetchJson(`voice-chat/${conversationId}/`, { method: "DELETE" });
    begin();
  } catch (error) {
    tool.fail(error);
  }
}

function submit() {
  const words = text.value.trim();
  if (!words || abort || !find("send")) return;
  text.value = "";
  send({ words });
}

find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
});
text.addEventListener("input", () => tool.updateRequest());
find("speak")?.addEventListener("click", startSpeaking);
document.querySelector("[data-chat-sample]")?.addEventListener("click", askSample);
find("stop").addEventListener("click", () => recorder?.stop());
find("discard").addEventListener("click", () => recorder?.cancel());
find("cancel").addEventListener("click", () => abort?.abort());
find("new").addEventListener("click", begin);
find("delete").addEventListener("click", forget);
window.addEventListener("pagehide", () => recorder?.cancel());
restore();
