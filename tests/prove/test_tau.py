"""OpenVoice's tau by ear of a speaker encoder: the result is the nearer to the target's voice, the higher it is."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from apps.compat.openvoice.conversion import own_share
from tests.workers.recognition.clips import clip
from workers.audio.encoding.resampler import resample
from workers.audio.samples import Samples
from workers.contract.conversion import CONVERSION_RATE
from workers.contract.voices import VoiceRef
from workers.conversion.targets import at_conversion_rate, reference_sentence
from workers.conversion.world import measure_profile
from workers.engines.kokoro_clone import build_engines as build_speakers
from workers.engines.kokoro_convert import build_engines as build_converters
from workers.kokoro.voice_file import KokoroVoice
from workers.kokoro.voices import speakable_voice
from workers.protocols.converter import ConversionOptions
from workers.speakers import GE2E

pytestmark = pytest.mark.prove

TEXT = "He was not an ill-disposed young man."
TARGETS = [
    ("female", "af_heart", {"af_nicole": 0.5, "bf_isabella": 0.5}),
    ("male", "am_michael", {"bm_lewis": 0.6, "am_onyx": 0.4}),
]
TAUS = (0.0, 0.3, 0.6, 1.0)


@pytest.mark.parametrize(("gender", "base", "likeness"), TARGETS, ids=lambda value: str(value)[:10])
def test_similarity_to_the_target_rises_with_tau(gender: str, base: str, likeness: dict[str, float]) -> None:
    (speaker,), (converter,) = build_speakers(), build_converters()
    converter.load()
    speaker.load()
    speech = resample(clip("librivox-0880"), input_rate=16_000, output_rate=CONVERSION_RATE)
    source, own = measure_profile(speech), KokoroVoice(likeness, likeness)
    assert source is not None
    reference = VoiceRef("target", "en-us", gender, "kokoro-clone", "1")
    similarities, wanted = [], None
    for tau in reversed(TAUS):
        stock = {base: 1.0 - own_share(tau)} if tau < 1.0 else {}
        voice = speakable_voice(own, speaker.runtime, stock=stock)
        spoken = [
            speaker.speak_as(voice, sentence.text, voice=reference, language="en-us", speed=1.0)
            for sentence in speaker.split(reference_sentence(reference), language="en-us")
        ]
        sound = np.concatenate([at_conversion_rate(one) for one in spoken])
        wanted = wanted if wanted is not None else embed(sound)
        target = measure_profile(sound)
        assert target is not None
        options = replace(ConversionOptions(reference, source, target), own=voice)
        similarities.insert(0, float(wanted @ embed(converter.convert(speech, text=TEXT, language="en", options=options))))
    print(f"{gender}: " + ", ".join(f"{tau:g} {similarity:.3f}" for tau, similarity in zip(TAUS, similarities, strict=True)))
    assert similarities == sorted(similarities)
    assert similarities[-1] - similarities[0] > 0.02


def embed(samples: Samples) -> NDArray[np.float64]:
    """Unit vector of a voice."""
    windows = np.atleast_2d(GE2E.embed(samples, sample_rate=CONVERSION_RATE))
    found = np.asarray(windows, np.float64).mean(axis=0)
    return np.asarray(found / np.linalg.norm(found))
