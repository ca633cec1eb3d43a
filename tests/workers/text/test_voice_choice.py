"""Language and voices of a text, among the voices of Kokoro."""

from dataclasses import replace

import pytest

from tests.workers.voices import voice_ref
from workers.contract.markup import Segment
from workers.contract.messages import SpeakWork
from workers.contract.references import StoredObject
from workers.contract.voices import VoiceRef, VoiceWeight
from workers.engines.kokoro import KokoroEngine
from workers.text.voice_choice import VoiceAssigner, choose_text_voice, pick_voice

ENGINE = KokoroEngine()
SPEC = ENGINE.spec
VOICES = tuple(sorted(map(SPEC.voice_ref, SPEC.voices), key=lambda voice: voice.id != SPEC.default_voice))
SPANISH = "Mañana iremos a la playa con nuestros amigos."
ENGLISH = "Tomorrow we go to the beach with our friends."
OWN = VoiceRef("mine", "en-gb", "male", "kokoro", "1", StoredObject("accounts/1/voices/mine.bin"))
MIX = VoiceRef("mix", "en-us", "female", "kokoro", "1", weights=(VoiceWeight("af_bella", 0.7), VoiceWeight("af_sky", 0.3)))


@pytest.mark.parametrize(
    ("text", "language", "voice", "tag", "speaks", "is_detected"),
    [
        (SPANISH, "", "", "es", "ef_dora", True),
        (SPANISH, "", "af_bella", "es", "ef_dora", True),
        (SPANISH, "en", "af_bella", "en-us", "af_bella", False),
        (SPANISH, "en-gb", "af_bella", "en-gb", "af_bella", False),
        (ENGLISH, "", "af_bella", "en-us", "af_bella", False),
        (ENGLISH, "", "", "en-us", "af_bella", True),
        (ENGLISH, "en", "bf_emma", "en-gb", "bf_emma", False),
        (ENGLISH, "fr", "bm_george", "fr-fr", "ff_siwis", False),
        ("OK", "", "if_sara", "it", "if_sara", False),
    ],
)
def test_text_gets_the_requested_or_detected_language_and_a_matching_voice(
    text: str, *, language: str, voice: str, tag: str, speaks: str, is_detected: bool
) -> None:
    chosen = voice_ref(ENGINE, voice) if voice else None
    found = choose_text_voice(text, chosen=chosen, language=language, languages=SPEC.languages, voices=VOICES)
    assert (found.language, found.voice.id, found.is_detected) == (tag, speaks, is_detected)
    assert found.chosen == (chosen or found.voice)
    assert found.is_chosen_by_text is (chosen is None)


def test_engine_without_languages_reads_a_text_in_the_language_of_the_voice() -> None:
    found = choose_text_voice(SPANISH, chosen=OWN, language="", languages=(), voices=VOICES)
    assert (found.language, found.voice, found.is_detected) == ("en-gb", OWN, False)


def test_pick_voice_takes_the_first_gender_that_has_a_voice_of_the_language() -> None:
    assert pick_voice(VOICES, language="es-MX", genders=("", "neutral", "male")) == voice_ref(ENGINE, "em_alex")
    assert pick_voice(VOICES, language="fr", genders=("male",)) == voice_ref(ENGINE, "ff_siwis")
    assert pick_voice(VOICES, language="en") == voice_ref(ENGINE, "af_bella")
    assert pick_voice(VOICES, language="de") is None


@pytest.mark.parametrize("chosen", [voice_ref(ENGINE, "bm_george"), OWN, MIX])
def test_assigner_settles_built_in_own_and_mixed_voices_alike(chosen: VoiceRef) -> None:
    speaker = choose_text_voice(ENGLISH, chosen=chosen, language="", languages=SPEC.languages, voices=VOICES)
    assigner = VoiceAssigner(speaker, voices=VOICES, named={"mine": OWN, "mix": MIX})
    segments = (
        Segment("Good "),
        Segment("day ", voice="mine"),
        Segment("to ", voice="mix"),
        Segment("tous. ", language="fr"),
        Segment("Bye."),
    )
    spoken = assigner.assign(SpeakWork("kokoro", chosen, segments=segments))
    table = (chosen, *spoken.voices)
    french = voice_ref(ENGINE, "ff_siwis") if chosen.is_built_in else replace(chosen, language="fr-fr")  # own voices and mixes speak all
    assert [table[segment.voice_index] for segment in spoken.segments] == [chosen, OWN, MIX, french, chosen]
    assert [(segment.voice, segment.language) for segment in spoken.segments] == [
        ("", ""),
        ("", "en-gb"),
        ("", "en-us"),
        ("", "fr"),
        ("", ""),
    ]


@pytest.mark.parametrize("named", ["am_adam", "bm_george"])
def test_language_that_a_named_voice_lacks_goes_to_another_of_its_gender(named: str) -> None:
    speaker = choose_text_voice(ENGLISH, chosen=voice_ref(ENGINE, "am_adam"), language="", languages=SPEC.languages, voices=VOICES)
    segments = (Segment("Hi ", voice=named), Segment("amigo.", voice=named, language="es"))
    work = SpeakWork("kokoro", speaker.voice, segments=segments)
    spoken = VoiceAssigner(speaker, voices=VOICES, named={named: voice_ref(ENGINE, named)}).assign(work)
    assert [(speaker.voice, *spoken.voices)[segment.voice_index].id for segment in spoken.segments] == [named, "em_alex"]


def test_voice_table_of_a_text_beyond_ascii_begins_with_other_scripts() -> None:
    speaker = choose_text_voice(ENGLISH, chosen=voice_ref(ENGINE, "am_adam"), language="", languages=SPEC.languages, voices=VOICES)
    assigner = VoiceAssigner(speaker, voices=VOICES, named={})
    assert [voice.id for voice in assigner.assign(SpeakWork("kokoro", speaker.voice, "Say 你好.")).voices] == [
        "zm_yunjian",
        "jm_kumo",
        "hm_omega",
    ]
    assert assigner.assign(SpeakWork("kokoro", speaker.voice, "Say hello.")).voices == ()


def test_segment_is_written_without_the_fields_at_their_defaults() -> None:
    segment = Segment("Hi.", start=4, voice_index=2)
    assert segment.to_dict() == {"text": "Hi.", "start": 4, "voice_index": 2}
    assert Segment.from_dict(segment.to_dict()) == segment
