"""Checks of a recording that a voice is to be made of: length, speech, noise, clipping, one speaker. Each refusal says what to record instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.encoding.resampler import resample
from workers.audio.probe import ProbeLimits
from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.cloning.features import Floats
from workers.contract.errors import INVALID_REFERENCE, WorkError
from workers.contract.time_units import HOUR_SECONDS
from workers.kokoro.runtime import SAMPLE_RATE
from workers.recognition.speech_regions import Region, find_regions
from workers.recognition.vad import speech_probabilities
from workers.speakers.campplus import CAMPPLUS
from workers.speakers.d_vector import D_VECTOR
from workers.speakers.encoder import Embeddings, mean_direction, trim_silence
from workers.speakers.ge2e import GE2E, Ge2eEncoder
from workers.speakers.segmentation import SEGMENTATION
from workers.speakers.turns import find_speakers

MOST_SECONDS: Final = 120.0
"""Seconds of a recording that are examined; the rest is not used."""
USED_SECONDS: Final = 24.0
"""Speech of a recording that pitch and likeness are measured on."""
LONGEST_FILE_SECONDS: Final = HOUR_SECONDS
LEAST_SPEECH_SECONDS: Final = 2.0
ADVISED_SPEECH_SECONDS: Final = 6.0
ADVICE: Final = "Record 6 to 30 s of one person who speaks clearly, without music and in a quiet room."
CLIPPED_LEVEL: Final = 0.985
"""Share of the peak from which on samples count as clipped, if the peak is near full scale."""
FULL_SCALE: Final = 0.95
REFUSED_CLIPPING, WARNED_CLIPPING = 0.02, 0.001
"""Shares of clipped samples within speech."""
CLIPPED_RUN: Final = 3
"""Samples at the peak one after the other that make clipping; a single one is only loud."""
REFUSED_NOISE_DB, WARNED_NOISE_DB = 6.0, 18.0
"""Signal-to-noise ratios below which a recording is refused, and warned about."""
LEVEL_SECONDS: Final = 0.03
SPEECH_MARGIN_SECONDS: Final = 0.15
"""Sound this near to speech is no background."""
OTHER_SPEAKER_SHARE: Final = 0.15
"""Share of the speech by a second voice from which on a recording has two speakers."""
OVERLAP_SHARE: Final = 0.05
"""Share of the speech at which two people speak from which on a recording is refused. 113 recordings of one person had 0; mixed ones .08 to 1."""
COMPARED_SECONDS: Final = 60.0
"""Seconds of a recording in which further speakers are looked for."""
STRETCH_SECONDS: Final = 3.0
MOST_STRETCHES: Final = 12
"""Stretches that are compared, over the whole recording."""
CERTAINLY_OTHER, PERHAPS_OTHER, SURELY_SAME = 0.62, 0.74, 0.78
"""Least similarities (GE2E) of two stretches of 3 s. Ten recordings of one speaker each had .75 to .86; of two speakers .42 to .82, and where it was
.71 or more the segmentation model heard the second one in most.
"""
WINDOW_SECONDS: Final = 1.6
MOST_WINDOWS: Final = 40
"""Windows that are compared, over the whole recording."""
LEAST_WINDOW_SIMILARITY, DOUBTFUL_WINDOW_SIMILARITY = 1.04, 1.2
"""Least similarity of windows (`window_similarity`), and one below which the segmentation decides. 113 recordings of one person had 1.08 to 1.5; 44 of 50 in
turns of two people had less than 1.04.
"""
SAME_SPEAKER: Final = 0.55
"""Similarity of two recordings below which they are of two people, whose mean it is; of one person they have .8."""


@dataclass(frozen=True, slots=True)
class ExaminedReference:
    """A usable recording."""

    samples: Floats
    """Mono, 24 kHz, at most MOST_SECONDS."""
    regions: tuple[Region, ...]
    """Stretches of speech."""
    embedding: Embeddings
    """GE2E, [256]."""
    warnings: tuple[str, ...]

    @property
    def speech_seconds(self) -> float:
        return sum(region.seconds for region in self.regions)

    def speech(self, *, most_seconds: float = USED_SECONDS) -> Floats:
        """Speech without the pauses, from the beginning, at 24 kHz."""
        return _cut(self.samples, self.regions, rate=SAMPLE_RATE)[: round(most_seconds * SAMPLE_RATE)]


def examine_reference(samples: Floats, *, encoder: Ge2eEncoder) -> ExaminedReference:
    """Check a recording. samples: mono, 24 kHz. Raises WorkError (invalid_reference, with advice; engine_unavailable)."""
    samples = samples[: round(MOST_SECONDS * SAMPLE_RATE)]
    regions, sound = _find_speech(samples)
    speech = _cut(samples, regions, rate=SAMPLE_RATE)
    warnings = [*_check_clipping(speech), *_check_noise(samples, regions)]
    stretches = _stretches(_cut(sound, regions, rate=RECOGNITION_SAMPLE_RATE))
    embeddings = np.stack([encoder.embed(stretch, sample_rate=RECOGNITION_SAMPLE_RATE) for stretch in stretches])
    warnings += _check_one_speaker(sound, regions=regions, embeddings=embeddings)
    seconds = len(speech) / SAMPLE_RATE
    if seconds < ADVISED_SPEECH_SECONDS:
        warnings.append(f"The recording holds {seconds:.1f} s of speech; 6 to 30 s make a better likeness.")
    return ExaminedReference(samples, regions, mean_direction(embeddings), tuple(warnings))


def decoding_limits() -> ProbeLimits:
    """Limits for decoding a reference, which need not be long."""
    return ProbeLimits(max_audio_seconds=LONGEST_FILE_SECONDS)


def check_same_speaker(references: Sequence[ExaminedReference]) -> None:
    """Raise WorkError (invalid_reference) unless all recordings are of the first one's speaker."""
    for number, reference in enumerate(references[1:], start=2):
        if float(references[0].embedding @ reference.embedding) < SAME_SPEAKER:
            raise refusal(f"Recording {number} seems to be of another person than recording 1.")


def refusal(reason: str) -> WorkError:
    """invalid_reference: the reason and the advice."""
    return WorkError(INVALID_REFERENCE, f"{reason} {ADVICE}")


def _find_speech(samples: Floats) -> tuple[tuple[Region, ...], Floats]:
    """Regions of speech, and the recording at 16 kHz."""
    level = float(np.abs(samples).max(initial=0.0))
    if level < 1e-4:
        raise refusal("The recording is silent." if samples.size else "The recording is empty.")
    sound = resample(samples / np.float32(level), input_rate=SAMPLE_RATE, output_rate=RECOGNITION_SAMPLE_RATE)
    regions = find_regions(speech_probabilities(sound), seconds=len(sound) / RECOGNITION_SAMPLE_RATE)
    seconds = sum(region.seconds for region in regions)
    if not regions:
        raise refusal(f"No speech was found in the {len(samples) / SAMPLE_RATE:.1f} s of the recording.")
    if seconds < LEAST_SPEECH_SECONDS:
        raise refusal(f"The recording holds {seconds:.1f} s of speech, which is too short: at least {LEAST_SPEECH_SECONDS:g} s are needed.")
    return regions, sound


def _check_clipping(speech: Floats) -> list[str]:
    peak = float(np.abs(speech).max(initial=0.0))
    if peak < FULL_SCALE:
        return []
    at_peak = np.abs(speech) >= CLIPPED_LEVEL * peak
    runs = np.convolve(at_peak, np.ones(CLIPPED_RUN), "same") >= CLIPPED_RUN
    share = float(runs.mean())
    if share > REFUSED_CLIPPING:
        raise refusal(f"The recording is clipped: {share:.0%} of its samples are at full scale. Lower the microphone's level.")
    return [f"The recording is clipped in places ({share:.1%} of the samples)."] if share > WARNED_CLIPPING else []


def _check_noise(samples: Floats, regions: Sequence[Region]) -> list[str]:
    step = round(LEVEL_SECONDS * SAMPLE_RATE)
    count = len(samples) // step
    powers = (samples[: count * step].reshape(count, step).astype(np.float64) ** 2).mean(axis=1)
    spoken = _spoken(regions, count=count, margin=0.0)
    background = powers[~_spoken(regions, count=count, margin=SPEECH_MARGIN_SECONDS)]
    if len(background) < 10:  # hardly a pause: the quietest moments within the speech
        background = np.sort(powers)[: max(1, count // 20)]
    noise = max(float(np.median(background)), 1e-12)
    signal = max(float(powers[spoken].mean()) - noise, 1e-12)
    ratio = 10 * np.log10(signal / noise)
    if ratio < REFUSED_NOISE_DB:
        raise refusal(f"The recording is too noisy: speech is {ratio:.0f} dB above the background (music, noise or other voices).")
    return [f"The recording is noisy (speech is {ratio:.0f} dB above the background)."] if ratio < WARNED_NOISE_DB else []


def _spoken(regions: Sequence[Region], *, count: int, margin: float) -> NDArray[np.bool_]:
    spoken = np.zeros(count, np.bool_)
    for region in regions:
        spoken[max(0, int((region.start - margin) / LEVEL_SECONDS)) : int((region.end + margin) / LEVEL_SECONDS) + 1] = True
    return spoken


def _check_one_speaker(sound: Floats, *, regions: Sequence[Region], embeddings: Embeddings) -> list[str]:
    compared = sound[: round(COMPARED_SECONDS * RECOGNITION_SAMPLE_RATE)]
    if SEGMENTATION.is_available() and SEGMENTATION.overlap_share(compared) > OVERLAP_SHARE:
        raise refusal("Two people speak at once in the recording.")
    speech = _cut(sound, regions, rate=RECOGNITION_SAMPLE_RATE)
    alike = window_similarity(speech)
    least = float((embeddings @ embeddings.T).min())
    is_doubtful = least < SURELY_SAME or alike < DOUBTFUL_WINDOW_SIMILARITY
    if (
        least < CERTAINLY_OTHER
        or alike < LEAST_WINDOW_SIMILARITY
        or (is_doubtful and _share_of_other_speakers(compared) > OTHER_SPEAKER_SHARE)
    ):
        raise refusal("The recording holds more than one speaker.")
    return ["The recording may hold more than one speaker."] if least < PERHAPS_OTHER else []


def window_similarity(speech: Floats) -> float:
    """Likeness of windows of 1.6 s of speech at 16 kHz to each other, for turns that are shorter than a stretch: the lowest tenth of the similarities
    by GE2E and by the d-vector, added; 2 for a single window or without the weights of the d-vector.
    """
    size = round(WINDOW_SECONDS * RECOGNITION_SAMPLE_RATE)
    firsts = range(0, len(speech) - size + 1, size // 2)
    chosen = firsts[:: -(-len(firsts) // MOST_WINDOWS) or 1]
    windows = [window for first in chosen if trim_silence(window := speech[first : first + size]).size]
    if len(windows) < 2 or not D_VECTOR.is_available():
        return 2.0
    ge2e = np.stack([GE2E.embed(window, sample_rate=RECOGNITION_SAMPLE_RATE) for window in windows])
    return _lowest_tenth(ge2e) + _lowest_tenth(D_VECTOR.embed_windows(windows))


def _lowest_tenth(embeddings: Embeddings) -> float:
    """Similarity that a tenth of all pairs do not reach."""
    return float(np.percentile((embeddings @ embeddings.T)[np.triu_indices(len(embeddings), 1)], 10))


def _share_of_other_speakers(sound: Floats) -> float:
    """Share of the speech by others than the one who speaks most; 0 without the weights for it."""
    if not (SEGMENTATION.is_available() and CAMPPLUS.is_available()):
        return 0.0
    found = find_speakers(sound, sample_rate=RECOGNITION_SAMPLE_RATE)
    seconds = found.seconds
    return (sum(seconds) - max(seconds)) / max(sum(seconds), 1e-6) if found.count > 1 else 0.0


def _cut(samples: Floats, regions: Sequence[Region], *, rate: int) -> Floats:
    return np.concatenate([samples[round(region.start * rate) : round(region.end * rate)] for region in regions])


def _stretches(speech: Floats) -> list[Floats]:
    """Stretches of about three seconds, of speech at 16 kHz."""
    count = max(1, round(len(speech) / RECOGNITION_SAMPLE_RATE / STRETCH_SECONDS))
    return np.array_split(speech, count)[:: -(-count // MOST_STRETCHES)]
