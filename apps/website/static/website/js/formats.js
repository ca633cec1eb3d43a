// Times and sizes as every page writes them.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Moment in local time, as the server writes it in UTC: 30 Nov 2026, 14:05. */
export function formatMoment(at) {
  const two = (number) => String(number).padStart(2, "0");
  return `${at.getDate()} ${MONTHS[at.getMonth()]} ${at.getFullYear()}, ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Day in UTC, without its year: 30 Nov. */
export const shortDay = (at) => `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;

/** Show the moments of a part of the page in local time; the title keeps UTC. */
export function showLocalTimes(root = document) {
  for (const time of root.querySelectorAll("time[data-local]")) {
    time.title = time.textContent;
    time.textContent = formatMoment(new Date(time.dateTime));
    delete time.dataset.local;
  }
}

/** Bytes in decimal units, as `format_bytes` of apps/website/words.py: 900 bytes, 12 kB, 1.5 MB, 20 MB, 2 GB. */
export function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes} byte${bytes === 1 ? "" : "s"}`;
  const [unit, name] = [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]].find(([one]) => bytes >= one * 0.9995);
  return `${(bytes / unit).toLocaleString("en", { maximumFractionDigits: bytes / unit < 9.95 ? 1 : 0 })} ${name}`;
}

/** 7 is 0:07, 750 is 12:30, 3723 is 1:02:03. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 0.05));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
