// Jobs that are not over follow their events: each element with data-running is replaced when its job changes.
// Where events do not arrive, such as behind a proxy that holds them back, their state is asked for instead.

import { showLocalTimes } from "../../website/js/formats.js";

const MOST_WATCHED = 50;
const POLL_MS = 4000;
const SILENT_ERRORS = 3; // connections without a single event, after which events are given up
const POLLS_BEFORE_RETRY = 15;

const status = document.createElement("p");
status.className = "visually-hidden";
status.setAttribute("role", "status");
document.body.append(status);

let source = null;
let watched = new Set();
let errors = 0;
let polls = 0;
let timer = 0;

const boxOf = (job) => document.querySelector(`[data-live-jobs] [data-running="${job}"]`);
const view = () => document.querySelector("[data-live-jobs]").dataset.liveJobs;

function runningJobs() {
  const running = document.querySelectorAll("[data-live-jobs] [data-running]");
  return [...running].slice(0, MOST_WATCHED).map((box) => box.dataset.running);
}

function addressOf(jobs, extra = {}) {
  const query = new URLSearchParams({ view: view(), ...extra });
  for (const job of jobs) query.append("job", job);
  return `/dashboard/jobs/events/?${query}`;
}

/** Show a job as it is now. */
function show({ job, html, is_over: isOver }) {
  const box = boxOf(job);
  if (!box) return;
  if (isOver && view() === "progress") {
    location.reload(); // its page then has the result
    return;
  }
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  const focused = box.contains(document.activeElement);
  showLocalTimes(fresh);
  box.replaceWith(fresh);
  if (focused) fresh.querySelector("a, button")?.focus();
  if (isOver) status.textContent = `${fresh.querySelector(".job-text .truncate")?.textContent ?? "A job"}: ${fresh.querySelector(".badge")?.textContent.trim()}`;
}

function close() {
  source?.close();
  source = null;
  watched = new Set();
  clearTimeout(timer);
  timer = 0;
}

function listen(jobs) {
  watched = new Set(jobs);
  source = new EventSource(addressOf(jobs));
  source.addEventListener("job", (event) => {
    errors = 0;
    show(JSON.parse(event.data));
  });
  source.addEventListener("done", close);
  source.addEventListener("error", () => {
    errors = source.readyState === EventSource.CLOSED ? SILENT_ERRORS : errors + 1;
    if (errors < SILENT_ERRORS) return; // it connects again by itself
    close();
    polls = 0;
    timer = setTimeout(poll, POLL_MS);
  });
}

async function poll() {
  timer = 0;
  const jobs = runningJobs();
  if (document.hidden || !jobs.length) return;
  polls += 1;
  try {
    const answer = await fetch(addressOf(jobs, { once: "1" }), { headers: { Accept: "application/json" } });
    if (answer.redirected) { // the session has ended: the login leads back here
      location.reload();
      return;
    }
    if (answer.ok) for (const job of (await answer.json()).jobs) show(job);
  } catch { /* the network is away: the next one may succeed */ }
  if (polls >= POLLS_BEFORE_RETRY) errors = 0;
  follow();
}

/** Follow the jobs that are shown now. */
function follow() {
  const jobs = runningJobs();
  if (document.hidden || !jobs.length) {
    close(); // a hidden page keeps none of the browser's few connections
    return;
  }
  if (errors >= SILENT_ERRORS) {
    timer ||= setTimeout(poll, POLL_MS);
    return;
  }
  if (source && jobs.every((job) => watched.has(job))) return;
  close();
  listen(jobs);
}

document.addEventListener("visibilitychange", follow);
document.addEventListener("htmx:load", follow);
window.addEventListener("pagehide", close);
window.addEventListener("pageshow", follow);
follow();
