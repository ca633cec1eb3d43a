// Jobs that are not over follow their events: each element with data-running is replaced when its job changes.
// A list with data-since also shows new jobs of the account, whoever started them.
// Where events do not arrive, such as behind a proxy that holds them back, their state is asked for instead.

import { showLocalTimes } from "../../website/js/formats.js";

const MOST_WATCHED = 50;
const POLL_MS = 4000;
const SILENT_ERRORS = 3; // connections without a single event, after which events are given up
const POLLS_BEFORE_RETRY = 15;
const RETRY_MS = 3000;
const MOST_NEW = 100; // rows that are added to a page; then a link loads it again

const status = document.createElement("p");
status.className = "visually-hidden";
status.setAttribute("role", "status");
document.body.append(status);

let source = null;
let watched = new Set();
let errors = 0;
let polls = 0;
let timer = 0;
let added = 0;
let openTo = "";

const boxOf = (job) => document.querySelector(`[data-live-jobs] [data-running="${job}"]`);
const view = () => document.querySelector("[data-live-jobs]").dataset.liveJobs;

function runningJobs() {
  const running = document.querySelectorAll("[data-live-jobs] [data-running]");
  return [...running].slice(0, MOST_WATCHED).map((box) => box.dataset.running);
}

/** The list to which new jobs belong, if the page shows one. */
const openList = () => document.querySelector("[data-live-jobs][data-since]");

/** Filters of that list: another list needs another connection. */
const filterOf = () => (openList() ? `?${openList().dataset.filter ?? ""}` : "");

function addressOf(jobs, extra = {}) {
  const list = openList();
  const query = new URLSearchParams(list?.dataset.filter ?? "");
  if (list) query.set("since", list.querySelector("[data-created]")?.dataset.created ?? list.dataset.since);
  for (const [name, value] of Object.entries({ view: view(), ...extra })) query.set(name, value);
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

/** Show a job that was accepted after the page: above the first older one. */
function add({ job, html }) {
  const list = openList();
  if (!list || document.getElementById(`job-${job}`)) return;
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  const rows = [...list.querySelectorAll("[data-created]")];
  const below = rows.find((row) => row.dataset.created < fresh.dataset.created);
  if (rows.length && !below) return; // older than all that the page shows
  if (added >= MOST_NEW) {
    offerReload(list);
    return;
  }
  added += 1;
  showLocalTimes(fresh);
  list.insertBefore(fresh, below ?? null);
  list.hidden = false;
  list.parentElement.querySelector(".empty")?.remove();
  const most = Number(list.dataset.most ?? Infinity);
  for (const row of [...list.querySelectorAll("[data-created]")].slice(most)) row.remove();
  if (fresh.dataset.running) watched.add(job); // this connection follows it
  status.textContent = `New job: ${fresh.querySelector(".job-text .truncate")?.textContent ?? ""}`;
}

function offerReload(list) {
  delete list.dataset.since;
  const item = document.createElement("li");
  item.className = "job-more";
  const link = Object.assign(document.createElement("a"), { className: "button", href: location.href, textContent: "Show the newest jobs" });
  item.append(link);
  list.prepend(item);
  close();
  follow();
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
  openTo = filterOf();
  source = new EventSource(addressOf(jobs));
  source.addEventListener("job", (event) => {
    errors = 0;
    show(JSON.parse(event.data));
  });
  source.addEventListener("ready", () => { errors = 0; });
  source.addEventListener("new", (event) => {
    errors = 0;
    add(JSON.parse(event.data));
  });
  source.addEventListener("done", close);
  source.addEventListener("error", () => {
    errors = source.readyState === EventSource.CLOSED ? SILENT_ERRORS : errors + 1;
    close();
    polls = 0;
    // Not by the browser itself: the address names the jobs that are shown now.
    timer = errors < SILENT_ERRORS ? setTimeout(retry, RETRY_MS) : setTimeout(poll, POLL_MS);
  });
}

function retry() {
  timer = 0;
  follow();
}

async function poll() {
  timer = 0;
  const jobs = runningJobs();
  if (document.hidden || !(jobs.length || openList())) return;
  polls += 1;
  try {
    const answer = await fetch(addressOf(jobs, { once: "1" }), { headers: { Accept: "application/json" } });
    if (answer.redirected) { // the session has ended: the login leads back here
      location.reload();
      return;
    }
    if (answer.ok) {
      const told = await answer.json();
      for (const job of told.jobs) show(job);
      for (const job of told.new) add(job);
    }
  } catch { /* the network is away: the next one may succeed */ }
  if (polls >= POLLS_BEFORE_RETRY) errors = 0;
  follow();
}

/** Follow the jobs that are shown now. */
function follow() {
  const jobs = runningJobs();
  if (document.hidden || !(jobs.length || openList())) {
    close(); // a hidden page keeps none of the browser's few connections
    return;
  }
  if (errors >= SILENT_ERRORS) {
    timer ||= setTimeout(poll, POLL_MS);
    return;
  }
  if (timer || (source && openTo === filterOf() && jobs.every((job) => watched.has(job)))) return;
  close();
  listen(jobs);
}

document.addEventListener("visibilitychange", follow);
document.addEventListener("htmx:load", follow);
window.addEventListener("pagehide", close);
window.addEventListener("pageshow", follow);
follow();
