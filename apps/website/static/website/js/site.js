// Behaviour of every page: theme switch, dialogs, menus, copying, toasts, htmx with the CSRF token, and times in the reader's own zone.

import { showLocalTimes } from "./formats.js";

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** Show a message at the edge of the page; it is read out. Kinds: info, success, danger. */
export function toast(message, kind = "info") {
  const icons = { info: "info", success: "circle-check", danger: "circle-alert" };
  const box = document.querySelector("#toasts");
  const item = document.querySelector("#toast-template").content.firstElementChild.cloneNode(true);
  item.classList.add(`toast-${kind}`);
  item.querySelector("use").setAttribute("href", `${box.dataset.icons}#${icons[kind]}`);
  item.querySelector("[data-text]").textContent = message;
  item.querySelector("button").addEventListener("click", () => item.remove());
  box.append(item);
  if (kind !== "danger") setTimeout(() => item.remove(), 6000);
}

/** Copy a text and say so. */
export async function copy(text, said = "Copied") {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // an insecure address, or no permission
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(said, "success");
}

const nextTheme = () => {
  const isDark = getComputedStyle(document.documentElement).colorScheme === "dark" ||
    (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  return isDark ? "light" : "dark";
};

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-theme-switch], [data-copy], [data-copy-from], [data-open], [data-close]");
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (!target) return;
  if (target.matches("[data-theme-switch]")) {
    const theme = nextTheme();
    document.documentElement.dataset.theme = theme;
    try { localStorage.setItem("theme", theme); } catch { /* storage is blocked */ }
    document.dispatchEvent(new CustomEvent("theme-change"));
  } else if (target.matches("[data-copy]")) {
    copy(target.dataset.copy);
  } else if (target.matches("[data-copy-from]")) {
    copy(document.querySelector(target.dataset.copyFrom).textContent);
  } else if (target.matches("[data-open]")) {
    document.querySelector(target.dataset.open).showModal();
  } else if (target.matches("[data-close]")) {
    target.closest("dialog").close();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Tabs: [role=tablist] with buttons [role=tab aria-controls]; arrows move between them.
document.addEventListener("click", (event) => {
  const tab = event.target.closest('[role="tab"]');
  if (tab) selectTab(tab);
});
document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.('[role="tab"]');
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  const tabs = [...tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]')];
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  selectTab(next);
  next.focus();
});

/** Show the tab's panel and hide those of its neighbours. */
export function selectTab(tab) {
  for (const other of tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]')) {
    const isSelected = other === tab;
    other.setAttribute("aria-selected", String(isSelected));
    other.tabIndex = isSelected ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls"));
    if (panel) panel.hidden = !isSelected;
  }
}

document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = csrfToken(); });
document.addEventListener("htmx:sendError", () => toast("The server cannot be reached. Check the connection and try again.", "danger"));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  const known = { 401: "Your session has ended. Sign in again.", 403: "Your role does not allow this.", 404: "This no longer exists.", 429: "Too many requests. Wait a minute and try again." };
  toast(known[status] ?? `That did not work (${status}). Try again.`, "danger");
});
document.addEventListener("toast", (event) => toast(event.detail.message ?? event.detail.value, event.detail.kind));
for (const message of document.querySelectorAll("#messages [data-kind]")) toast(message.textContent.trim(), message.dataset.kind);

document.addEventListener("htmx:load", (event) => showLocalTimes(event.detail.elt));
showLocalTimes();
