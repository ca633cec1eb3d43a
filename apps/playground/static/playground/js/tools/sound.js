// Sounds in memory: decoded for pictures, measured for a fair comparison.

/** Rate of decoded sounds in Hz: pictures show frequencies up to half of it. */
export const PICTURE_RATE = 32_000;
/** Longest sound that is decoded for a picture: 77 MB of samples. */
export const LONGEST_PICTURE_SECONDS = 600;
const GATE_DECIBELS = -50;

/** Mono samples at PICTURE_RATE; null if the browser cannot decode the sound, or it is too long. */
export async function decode(blob, seconds) {
  if (blob === null || (seconds !== null && seconds > LONGEST_PICTURE_SECONDS)) return null;
  try {
    const context = new OfflineAudioContext(1, 1, PICTURE_RATE);
    const decoded = await context.decodeAudioData(await blob.arrayBuffer());
    return toMono(decoded);
  } catch {
    return null;
  }
}

function toMono(buffer) {
  if (buffer.numberOfChannels === 1) return buffer.getChannelData(0);
  const mono = new Float32Array(buffer.length);
  for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
    const samples = buffer.getChannelData(channel);
    for (let index = 0; index < mono.length; index += 1) mono[index] += samples[index] / buffer.numberOfChannels;
  }
  return mono;
}

/** Loudness of mono samples: RMS in dB over blocks of 100 ms that are not silent. */
export function loudness(samples) {
  const size = PICTURE_RATE / 10;
  let sum = 0;
  let count = 0;
  for (let start = 0; start + size <= samples.length; start += size) {
    let block = 0;
    for (let index = start; index < start + size; index += 1) block += samples[index] * samples[index];
    block /= size;
    if (10 * Math.log10(block + 1e-10) > GATE_DECIBELS) {
      sum += block;
      count += 1;
    }
  }
  return count ? 10 * Math.log10(sum / count) : null;
}

/** Volumes by which two sounds are equally loud: the louder one is turned down. */
export function matchedVolumes(first, second) {
  const [a, b] = [loudness(first), loudness(second)];
  if (a === null || b === null) return [1, 1];
  const factor = 10 ** (-Math.abs(a - b) / 20);
  return a > b ? [factor, 1] : [1, factor];
}
