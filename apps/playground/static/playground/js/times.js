// Times of players and recorders.

/** 7 is 0:07, 750 is 12:30, 3723 is 1:02:03. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 0.05));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
