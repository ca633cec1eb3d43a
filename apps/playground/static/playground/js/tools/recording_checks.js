// Sound of a recording while it is made: level, clipping, and advice about both.

const QUIET_DECIBELS = -45;
const CLIPPED = 0.985;
const METER_FLOOR_DECIBELS = -60;

export class RecordingChecks {
  loudest = METER_FLOOR_DECIBELS;
  clipped = 0;

  /** Take a level over: rms and peak of the last samples, 0 to 1. Returns what a meter shows: {share, isClipped}. */
  add({ rms, peak }) {
    const decibels = 20 * Math.log10(rms + 1e-5);
    const isClipped = peak >= CLIPPED;
    this.loudest = Math.max(this.loudest, decibels);
    if (isClipped) this.clipped += 1;
    return { share: Math.min(1, Math.max(0, 1 - decibels / METER_FLOOR_DECIBELS)), isClipped };
  }

  /** Sentences of advice; empty if nothing is wrong. */
  advise(seconds, { shortest = 0, longest = Infinity } = {}) {
    if (this.loudest < QUIET_DECIBELS) return ["Nothing was heard. Check that the right microphone is chosen and not muted."];
    const advice = [];
    if (this.loudest < QUIET_DECIBELS + 15) advice.push("It is quiet. Come closer to the microphone.");
    if (this.clipped > 2) advice.push("It is too loud and distorted in places. Move away a little.");
    if (seconds < shortest) advice.push(`It has ${seconds.toFixed(0)} seconds. ${shortest} or more give a better voice.`);
    if (seconds > longest) advice.push(`More than ${longest} seconds help little.`);
    return advice;
  }
}
