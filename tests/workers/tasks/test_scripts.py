"""Scripts by a real worker: transcripts translated, questions answered, and the result spoken in shares."""

import json
import re
import signal
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tests.workers.audio.decoding import read_samples
from tests.workers.chat_http import ChatHTTP, Exchange, chat_http, refuses, says
from tests.workers.messages import Platform, address_of, speak_message, targets
from tests.workers.running_worker import RunningWorker
from tests.workers.valkey_server import ValkeyServer
from workers.contract.messages import PartMessage, PartOutcome, SpeakWork
from workers.contract.outputs import AUDIO, TEXT
from workers.contract.references import Address
from workers.contract.transcription import ReplyWork, ScriptDocument, TranscriptDocument, TranscriptSegment, TranslateWork, Turn
from workers.contract.voices import VoiceRef


@dataclass
class Bench:
    """Worker and the servers of its engines."""

    worker: RunningWorker
    chat: ChatHTTP
    translation: ChatHTTP

    def do(self, kind: str, work: TranslateWork | ReplyWork | SpeakWork, *, group: str) -> tuple[PartMessage, PartOutcome]:
        name = AUDIO if kind == "speak" else TEXT
        (outputs,) = targets({name: Address("folder", f"{uuid.uuid4().hex}/{name}")})
        message = PartMessage.from_dict(
            {**speak_message("").to_dict(), "kind": kind, "work": work.to_dict(), "outputs": [outputs.to_dict()]}
        )
        self.worker.platform.give(message, group=group)
        return message, self.worker.platform.wait_for_outcome(message.token)

    def script(self, kind: str, work: TranslateWork | ReplyWork, *, group: str) -> ScriptDocument:
        message, outcome = self.do(kind, work, group=group)
        assert outcome.status == "completed", outcome
        return ScriptDocument.from_dict(self.worker.read_json(address_of(message)))

    def failure(self, kind: str, work: TranslateWork | ReplyWork | SpeakWork, *, group: str) -> tuple[str, str, bool]:
        _, outcome = self.do(kind, work, group=group)
        assert outcome.status == "failed", outcome
        return outcome.error_code, outcome.error_message, outcome.is_retryable

    def put(self, document: TranscriptDocument | ScriptDocument) -> Address:
        address = Address("folder", f"{uuid.uuid4().hex}.json")
        path = self.worker.folder / "objects" / address.location
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document.to_dict()))
        return address


def shout(exchange: Exchange, body: dict[str, Any]) -> None:
    """Translate a batch by writing it in capitals."""
    says(json.dumps([text.upper() for text in json.loads(body["messages"][-1]["content"])]))(exchange, body)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("worker")
    server = ValkeyServer(folder)
    server.start()
    with chat_http() as chat, chat_http() as translation:
        environment = {
            "TTSAI_ENGINES": "silence,offline,openai-chat,openai-translate,apertium",
            "TTSAI_CHAT_URL": chat.url,
            "TTSAI_CHAT_MODEL": "talker",
            "TTSAI_CHAT_SECONDS": "5",
            "TTSAI_TRANSLATE_URL": translation.url,
            "TTSAI_TRANSLATE_MODEL": "translator",
            "TTSAI_TRANSLATE_LANGUAGES": "en,es,fr,ja",
        }
        worker = RunningWorker(folder, Platform(server.client, server.url), server.url, environment)
        worker.start()
        try:
            yield Bench(worker, chat, translation)
        finally:
            worker.end(signal.SIGKILL)
            server.kill()
            server.client.close()


@pytest.fixture
def bench(running: Bench) -> Bench:
    """Bench without traces of the previous test."""
    for server in (running.chat, running.translation):
        server.requests.clear()
        server.script.clear()
        server.otherwise = says("Fine.")
    return running


def heard(text: str, *, language: str = "en", gender: str = "", english: str = "") -> TranscriptDocument:
    return TranscriptDocument(text, language, 4.0, (TranscriptSegment(0.0, 4.0, text, english=english),), gender=gender)


def test_translators_and_responders_are_announced(bench: Bench) -> None:
    specs = {spec.id: spec for spec in bench.worker.platform.announcements()[-1].engines}
    assert {name: spec.kind for name, spec in specs.items() if name != "apertium"} == {
        "silence": "tts",
        "offline": "chat",
        "openai-chat": "chat",
        "openai-translate": "translate",
    }
    assert specs["openai-translate"].targets_from("en") == ("es", "fr", "ja")


def test_a_transcript_is_translated_sentence_by_sentence_and_dealt_into_shares(bench: Bench) -> None:
    bench.translation.otherwise = shout
    transcript = bench.put(heard("Hello there. This is the second one.\n\nAnd the third!", gender="female"))
    work = TranslateWork("openai-translate", "es", transcript, shares=2)
    message, outcome = bench.do("translate", work, group="openai-translate")
    script = ScriptDocument.from_dict(bench.worker.read_json(address_of(message)))
    assert script == ScriptDocument(
        original_text="Hello there. This is the second one.\n\nAnd the third!",
        text="HELLO THERE. THIS IS THE SECOND ONE.\n\nAND THE THIRD!",
        source_language="en",
        target_language="es",
        shares=("HELLO THERE. THIS IS THE SECOND ONE.\n\n", "AND THE THIRD!"),
        gender="female",
        details=script.details,
    )
    assert outcome.manifest is not None
    assert outcome.manifest.details == {**script.details, "language": "es", "share_characters": [38, 14]}
    assert {name: script.details[name] for name in ("method", "engine")} == {"method": "engine", "engine": "openai-translate"}
    (request,) = bench.translation.requests
    assert json.loads(request.body["messages"][-1]["content"]) == ["Hello there.", "This is the second one.", "And the third!"]
    assert re.search("texts in English.* into Spanish", request.body["messages"][0]["content"])


def test_a_long_text_goes_in_batches_whose_order_is_kept(bench: Bench) -> None:
    bench.translation.otherwise = shout
    text = " ".join(f"This is sentence number {number} of a long text." for number in range(200))
    script = bench.script(
        "translate", TranslateWork("openai-translate", "fr", text=text, source_language="en", shares=7), group="openai-translate"
    )
    assert script.text == text.upper()
    assert "".join(script.shares) == script.text
    assert len(script.shares) == 7
    assert len(bench.translation.requests) == 5


def test_apertium_translates_where_it_is_installed(bench: Bench) -> None:
    specs = {spec.id: spec for spec in bench.worker.platform.announcements()[-1].engines}
    if "apertium" not in specs or "es" not in specs["apertium"].targets_from("en"):
        pytest.skip("Apertium's English-Spanish is not installed: apt-get install apertium-eng-spa, or ttsai models pull apertium")
    transcript = bench.put(heard("The house is big.\nThe garden is small."))
    script = bench.script("translate", TranslateWork("apertium", "es", transcript, shares=2), group="apertium")
    assert script.text == "La casa es grande.\nEl jardín es pequeño."
    assert script.shares == ("La casa es grande.\n", "El jardín es pequeño.")


def test_languages_without_spaces_get_none_between_sentences(bench: Bench) -> None:
    bench.translation.otherwise = shout
    work = TranslateWork("openai-translate", "ja", text="One. Two.", source_language="en")
    assert bench.script("translate", work, group="openai-translate").text == "ONE.TWO."


def test_the_recognisers_own_english_needs_no_translator(bench: Bench) -> None:
    transcript = bench.put(heard("Hola. ¿Qué tal?", language="es", english=" Hello. How are you? "))
    script = bench.script("translate", TranslateWork("", "en", transcript, shares=2), group="codec")
    assert (script.original_text, script.text, script.shares) == ("Hola. ¿Qué tal?", "Hello. How are you?", ("Hello. ", "How are you?"))
    assert script.details == {"method": "recogniser"}


def test_text_already_in_the_target_language_is_unchanged(bench: Bench) -> None:
    transcript = bench.put(heard("Hello. How are you?"))
    script = bench.script("translate", TranslateWork("openai-translate", "en-GB", transcript), group="openai-translate")
    assert (script.text, script.target_language, script.details) == ("Hello. How are you?", "en", {"method": "same_language"})
    assert bench.translation.requests == []


def test_silence_has_an_empty_translation(bench: Bench) -> None:
    script = bench.script(
        "translate", TranslateWork("openai-translate", "es", bench.put(heard("", language="")), shares=3), group="openai-translate"
    )
    assert (script.text, script.shares) == ("", ("", "", ""))
    assert bench.translation.requests == []


def test_a_pair_that_the_engine_lacks_is_named_with_those_that_there_are(bench: Bench) -> None:
    transcript = bench.put(heard("Guten Tag.", language="de"))
    expected = "translator (translation server) does not translate from de, only from en, es, fr, ja."
    assert bench.failure("translate", TranslateWork("openai-translate", "es", transcript), group="openai-translate") == (
        "unsupported_language",
        expected,
        False,
    )


def test_a_translator_from_english_alone_translates_the_recognisers_english(bench: Bench) -> None:
    bench.translation.otherwise = shout
    transcript = bench.put(heard("Guten Tag. Wie geht's?", language="de", english="Good day. How are you?"))
    script = bench.script("translate", TranslateWork("openai-translate", "es", transcript), group="openai-translate")
    assert (script.original_text, script.source_language, script.text) == ("Guten Tag. Wie geht's?", "de", "GOOD DAY. HOW ARE YOU?")
    assert script.details["method"] == "engine_from_english"
    direct = bench.put(heard("Hola. Adiós.", language="es", english="Hello. Goodbye."))
    assert bench.script("translate", TranslateWork("openai-translate", "fr", direct), group="openai-translate").text == "HOLA. ADIÓS."


def test_a_recogniser_cannot_be_asked_for_another_language(bench: Bench) -> None:
    code, _, _ = bench.failure("translate", TranslateWork("", "fr", bench.put(heard("Hello."))), group="codec")
    assert code == "internal_error"


def test_a_question_is_answered_with_the_conversation_so_far(bench: Bench) -> None:
    bench.chat.otherwise = says("**Paris**, of course.\n\n- It is in [France](https://x.y).")
    work = ReplyWork(
        "openai-chat",
        text=" And of France? ",
        language="en",
        system_prompt="You know capitals.",
        history=(Turn("user", "The capital of Italy?"), Turn("assistant", "Rome.")),
    )
    script = bench.script("reply", work, group="openai-chat")
    assert script == ScriptDocument(
        original_text="And of France?",
        text="**Paris**, of course.\n\n- It is in [France](https://x.y).",
        source_language="en",
        target_language="en",
        shares=("Paris, of course.\n\nIt is in France.",),
        details=script.details,
    )
    assert bench.chat.requests[0].body["messages"] == [
        {"role": "system", "content": "You know capitals."},
        {"role": "user", "content": "The capital of Italy?"},
        {"role": "assistant", "content": "Rome."},
        {"role": "user", "content": "And of France?"},
    ]


def test_a_transcript_is_answered_by_the_responder(bench: Bench) -> None:
    transcript = bench.put(heard("Wie spät ist es?", language="de", gender="male"))
    script = bench.script("reply", ReplyWork("offline", transcript), group="offline")
    assert (script.original_text, script.source_language, script.gender) == ("Wie spät ist es?", "de", "male")
    assert script.text.startswith("Ich bin offline: Auf diesem Server ist kein Sprachmodell installiert")
    assert script.shares == (script.text,)


def test_a_transcript_without_words_is_not_answered(bench: Bench) -> None:
    expected = ("nothing_to_say", "The recording contains no speech.", False)
    assert bench.failure("reply", ReplyWork("openai-chat", bench.put(heard(""))), group="openai-chat") == expected
    assert bench.chat.requests == []


def test_reply_is_repeatable_after_a_server_error_but_not_after_a_timeout(bench: Bench) -> None:
    bench.chat.otherwise = refuses(401)
    assert bench.failure("reply", ReplyWork("openai-chat", text="Hello"), group="openai-chat")[::2] == ("engine_unavailable", True)

    def sleep(exchange: Exchange, body: dict[str, Any]) -> None:
        bench.chat.stopping.wait(8)
        says("Too late.")(exchange, body)

    bench.chat.otherwise = sleep
    assert bench.failure("reply", ReplyWork("openai-chat", text="Hello"), group="openai-chat")[::2] == ("timed_out", False)


def test_an_empty_answer_is_a_failure(bench: Bench) -> None:
    bench.chat.otherwise = says("")
    code, message, _ = bench.failure("reply", ReplyWork("openai-chat", text="Hello"), group="openai-chat")
    assert (code, message) == ("engine_unavailable", "The language model gave an empty answer.")


def test_an_engine_of_another_kind_is_refused(bench: Bench) -> None:
    assert bench.failure("reply", ReplyWork("silence", text="Hello"), group="silence")[0] == "unknown_engine"
    work = TranslateWork("offline", "es", text="Hello.", source_language="en")
    assert bench.failure("translate", work, group="offline")[0] == "unknown_engine"


QUIET = VoiceRef("quiet", "en", "neutral", "silence")
QUIET_MAN = VoiceRef("quiet", "en", "male", "silence")
LOUD, LOUD_MAN = (VoiceRef("loud", "en", gender, "silence") for gender in ("female", "male"))
SCRIPT = ScriptDocument("Hola.", "One two. Three.", "es", "en", ("One two. ", "", "Three."), gender="male")


def spoken_seconds(bench: Bench, work: SpeakWork) -> float:
    message, outcome = bench.do("speak", work, group="silence")
    assert outcome.status == "completed", outcome
    samples, sample_rate = read_samples(bench.worker.folder / "objects" / address_of(message).location)
    assert not np.any(samples)
    return len(samples) / sample_rate


def test_a_part_speaks_its_share_of_a_script(bench: Bench) -> None:
    script = bench.put(SCRIPT)
    direct = spoken_seconds(bench, SpeakWork("silence", QUIET, "One two. ", format="wav", is_last=False))
    shared = spoken_seconds(bench, SpeakWork("silence", QUIET, "", format="wav", is_last=False, script=script, share=0))
    assert shared == pytest.approx(direct, abs=1e-3)


@pytest.mark.parametrize("share", [1, 7])
def test_a_share_without_a_word_is_a_moment_of_silence(bench: Bench, share: int) -> None:
    work = SpeakWork("silence", QUIET, "", format="wav", script=bench.put(SCRIPT), share=share)
    assert spoken_seconds(bench, work) == pytest.approx(0.05, abs=1e-3)


def test_the_speakers_gender_chooses_the_voice_where_none_is_named(bench: Bench) -> None:
    script = bench.put(SCRIPT)
    assert spoken_seconds(bench, SpeakWork("silence", None, "", format="wav", script=script, voices=(LOUD, QUIET_MAN))) > 0
    work = SpeakWork("silence", None, "", format="wav", script=script, voices=(QUIET, LOUD_MAN))
    assert bench.failure("speak", work, group="silence")[0] == "unknown_voice"
    unclear = bench.put(ScriptDocument("Hola.", "One.", "es", "en", ("One.",)))
    work = SpeakWork("silence", None, "", format="wav", script=unclear, voices=(LOUD_MAN, QUIET))
    assert spoken_seconds(bench, work) > 0
