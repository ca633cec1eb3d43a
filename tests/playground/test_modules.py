"""The modules of the playground in a real browser, which is started once: parsing, samples, playing, words, markup, requests as code."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.sweep.browser import PROGRAM, Browser, browser
from workers.text.markup.parse import parse_markup

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium here")
APPS = Path(__file__).parents[2] / "apps"
MODULES = (
    "ApiError, EventParser, Peaks, StreamPlayer, Words, buildSnippets, clock, countCharacters, decodeBase64, endOf, explain, filterVoices, "
    "insertMarkup, peaksOfBlob, samplesOf, wavBlob"
)
REQUEST = {"path": "/v1/tts/stream/", "base": "http://127.0.0.1:8000", "saves": "speech.wav", "events": "audio"}


class _Files(SimpleHTTPRequestHandler):
    """Static files of the apps, as the platform serves them, and the page that loads the modules."""

    def translate_path(self, path: str) -> str:
        name = path.partition("?")[0].removeprefix("/")
        if name == "":
            return str(Path(__file__).with_name("modules.html"))
        return next((str(found) for app in APPS.iterdir() if (found := app / "static" / name).is_file()), "/nowhere")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def _platform() -> None:
    """None: the modules need no database."""


@pytest.fixture(scope="module")
def page() -> Iterator[Browser]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with browser() as opened:
            opened.open(f"http://127.0.0.1:{server.server_port}/", until="window.modules")
            yield opened
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run(page: Browser, body: str, **given: Any) -> Any:
    """Value that a function body returns, with the modules and the given values in scope."""
    names = ", ".join(given)
    values = ", ".join(json.dumps(value) for value in given.values())
    return page.value(f"(async ({names}) => {{ const {{ {MODULES} }} = window.modules; {body} }})({values})", is_gesture=True)


def test_event_parser_joins_events_that_arrive_in_pieces(page: Browser) -> None:
    pieces = ["event: audio\nda", 'ta: {"index": 0}\n', "\n: comment\n\nevent: done\r\ndata: [1,\r\ndata: 2]\r\n\r\n"]
    found = run(page, "const parser = new EventParser(); return pieces.flatMap((piece) => parser.push(piece));", pieces=pieces)
    assert found == [{"event": "audio", "data": {"index": 0}, "id": ""}, {"event": "done", "data": [1, 2], "id": ""}]


def test_samples_are_little_endian_and_peaks_stay_bounded(page: Browser) -> None:
    assert run(page, "return [...samplesOf(decodeBase64('AAD/fwCA'))];") == [0, 32767, -32768]
    body = "const peaks = new Peaks(1); for (let i = 0; i < 3; i += 1) peaks.add(new Int16Array(4000).fill(16384)); return [peaks.list.length, new Set(peaks.list).size];"
    count, different = run(page, body)
    assert count <= 2400
    assert different == 1


def test_wav_of_blocks_is_decoded_with_its_length_and_peaks(page: Browser) -> None:
    body = """
        const tone = Int16Array.from({length: 12000}, (_, i) => 16384 * Math.sin(i / 8));
        const { peaks, seconds } = await peaksOfBlob(wavBlob([tone, tone], 24000));
        return [seconds, Math.max(...peaks)];"""
    seconds, loudest = run(page, body)
    assert seconds == pytest.approx(1.0, abs=0.01)
    assert loudest == pytest.approx(0.5, abs=0.05)


def test_stream_player_plays_what_arrives_late_in_order_and_ends(page: Browser) -> None:
    """The output is recorded where it reaches the sound device: every block is heard once, whole, and not silent."""
    body = """
        const player = new StreamPlayer({ sampleRate: 24000 });
        const told = [];
        for (const name of ["waiting", "ended"]) player.addEventListener(name, () => told.push(name));
        const block = new Int16Array(4800).fill(8000);
        const ended = new Promise((done) => player.addEventListener("ended", done));
        player.append(block);
        await player.play();
        await new Promise((done) => player.addEventListener("waiting", done, { once: true }));
        const atPause = player.currentTime;
        player.append(block);
        player.complete();
        await ended;
        const end = player.currentTime;
        player.seek(0.1);
        const sought = player.currentTime;
        player.close();
        return { told, atPause, end, sought, duration: player.duration, bytes: player.toBlob().size };"""
    found = run(page, body)
    assert found["told"][-1] == "ended"
    assert found["told"][0] == "waiting"
    assert found["atPause"] == pytest.approx(0.2, abs=0.02)
    assert (found["end"], found["duration"], found["sought"], found["bytes"]) == (0.4, 0.4, 0.1, 44 + 2 * 9600)


def test_words_light_up_in_order_and_spaces_follow_the_script(page: Browser) -> None:
    words = [{"word": "Hello,", "start": 0.0, "end": 0.4}, {"word": "world.", "start": 0.5, "end": 0.9}]
    body = """
        const box = document.querySelector("#words"), view = new Words(box);
        view.clear(); view.append(words);
        const lit = () => box.querySelector(".is-current")?.textContent ?? null;
        const seen = [0, 0.1, 0.45, 0.6, 2, 0.2].map((seconds) => { view.setTime(seconds, { isFollowed: false }); return lit(); });
        return [box.textContent, seen, box.querySelectorAll(".is-spoken").length];"""
    assert run(page, body, words=words) == ["Hello, world.", [None, "Hello,", "Hello,", "world.", "world.", "Hello,"], 0]
    chinese = [{"word": "你好", "start": 0, "end": 1}, {"word": "世界", "start": 1, "end": 2}]
    assert run(page, body, words=chinese)[0] == "你好世界"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Hello", 5),
        ('<break time="1s"/>Hi', 2),
        ("a &amp; b", 9),
        ("<p>a &amp; b</p>", 5),
        ("[voice:am_adam] Hi", 3),
        ("😀", 1),
        ("1 < 2", 5),
    ],
)
def test_characters_are_counted_as_the_api_counts_them(page: Browser, text: str, count: int) -> None:
    assert run(page, "return countCharacters(text);", text=text) == parse_markup(text).counted_characters == count


def test_markup_goes_around_the_selection_and_the_cursor_to_the_missing_value(page: Browser) -> None:
    body = """
        const field = document.querySelector("#field");
        field.value = "Ask the WHO."; field.focus(); field.setSelectionRange(8, 11);
        insertMarkup(field, { before: '<sub alias="|">', after: "</sub>" });
        return [field.value, field.selectionStart, field.selectionEnd];"""
    assert run(page, body) == ['Ask the <sub alias="">WHO</sub>.', 20, 20]


def test_clock_shows_hours_only_where_there_are_some(page: Browser) -> None:
    assert run(page, "return [0, 7.9, 75, 3723].map(clock);") == ["0:00", "0:07", "1:15", "1:02:03"]


def test_job_that_ended_without_a_result_says_how(page: Browser) -> None:
    ends = [{"status": "failed", "code": "worker_lost", "error": "The worker was lost."}, {"status": "cancelled"}, {"status": "expired"}]
    assert run(page, "return ends.map(end => endOf(end)).map(({ code, message }) => [code, message]);", ends=ends) == [
        ["worker_lost", "The worker was lost."],
        ["cancelled", "The job was cancelled."],
        ["expired", "The result is not kept any more."],
    ]


def test_errors_are_explained_with_the_time_and_a_way_out(page: Browser) -> None:
    body = """
        const told = (error, options) => { const { title, text, action } = explain(new ApiError(error), options); return [title, text, action?.href ?? null]; };
        document.body.dataset.mayPay = "";
        return [
            told({ status: 429, code: "daily_characters_exceeded", message: "x", retryAfter: 7200 }),
            told({ status: 429, code: "rate_limit_exceeded", message: "x", retryAfter: 12 }, { isVisitor: false }),
            told({ status: 402, message: "You need 12 credits." }),
            told({ status: 503, message: "No worker serves the model 'x' at the moment." }),
        ];"""
    daily, minute, credits_, away = run(page, body)
    assert daily == [
        "Today's free characters are used up",
        "Sign up to continue: a new account starts with credits of its own. The allowance is renewed in 2 hours, at midnight UTC.",
        "/account/signup/",
    ]
    assert minute == ["Too many requests at once", "Try again in 12 seconds.", None]
    assert credits_ == ["Not enough credits", "You need 12 credits.", "/dashboard/billing/"]
    assert away[0] == "The model is not available now"


def test_voices_are_found_by_words_language_and_marks(page: Browser) -> None:
    voices = [
        {"id": "a", "name": "Bella", "language": "en", "languageName": "English", "gender": "female", "model": "kokoro", "modelName": "Kokoro", "description": "warm", "favourite": True},
        {"id": "b", "name": "Anna", "language": "de", "languageName": "German", "gender": "female", "model": "pico", "modelName": "Pico", "description": "", "own": True},
    ]  # fmt: skip
    body = "return filters.map((one) => filterVoices(voices, one).map((voice) => voice.id).join(''));"
    filters = [{}, {"text": "WARM english"}, {"language": "de"}, {"favourite": True}, {"own": True}, {"text": "warm", "language": "de"}]
    assert run(page, body, voices=voices, filters=filters) == ["ab", "a", "b", "a", "b", ""]


NASTY = "It's \"quoted\" $HOME `id` \\ back\nnew line, ünïcode 你好 😀 <break time='1s'/> !!"


def test_curl_of_a_request_passes_every_character_through_the_shell(page: Browser) -> None:
    request = {**REQUEST, "json": {"text": NASTY, "speed": 1.5}, "hasKey": True}
    curl = run(page, "return buildSnippets(request).curl;", request=request)
    program = 'curl() { for word in "$@"; do printf "%s\\0" "$word"; done; }\n'
    words = (
        subprocess.run(["sh", "-c", program + curl], capture_output=True, check=True, env={"TTSAI_API_KEY": "k"})
        .stdout.decode()
        .split("\0")
    )
    assert words[:3] == ["-N", "--fail-with-body", "http://127.0.0.1:8000/v1/tts/stream/"]
    assert "Authorization: Bearer k" in words
    assert json.loads(words[words.index("-d") + 1]) == request["json"]


def test_python_and_javascript_of_a_request_have_its_values(page: Browser) -> None:
    request = {**REQUEST, "json": {"text": NASTY, "stream": True, "language": None}, "hasKey": False}
    texts = run(page, "return buildSnippets(request);", request=request)
    sent: dict[str, Any] = {}

    class Requests:
        @staticmethod
        def post(url: str, **options: Any) -> Any:
            sent.update(options, url=url)
            raise InterruptedError

    code = texts["python"].replace("import requests\n", "")
    with pytest.raises(InterruptedError):
        exec(compile(code, "snippet", "exec"), {"requests": Requests})  # noqa: S102 - it is the page's own
    assert (sent["url"], sent["json"], sent["stream"]) == ("http://127.0.0.1:8000/v1/tts/stream/", request["json"], True)
    body = texts["javascript"].partition("body: JSON.stringify(")[2].partition("),\n});")[0]
    assert json.loads(body) == request["json"]


FILE_NAME = 'Ada\'s "best" talk $HOME `id` (1); back\\slash, ünïcode 你好.wav'


class _Uploads(BaseHTTPRequestHandler):
    """Keeps the bodies of requests."""

    bodies: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("language", ["curl", "python", "javascript"])
def test_request_with_a_file_sends_it_whatever_its_name(page: Browser, language: str, tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Uploads)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    (tmp_path / FILE_NAME).write_bytes(b"its own sound")
    base = f"http://127.0.0.1:{server.server_port}"
    request = {"path": "/v1/stt/", "base": base, "fields": {"language": "en"}, "files": {"file": FILE_NAME}}
    code = run(page, "return buildSnippets(request);", request=request)[language]
    programs = {
        "curl": ["sh", "-c", code],
        "python": [sys.executable, "-c", code],
        "javascript": ["node", "--input-type=module", "-e", code],
    }
    _Uploads.bodies.clear()
    try:
        done = subprocess.run(programs[language], cwd=tmp_path, capture_output=True, text=True, check=False)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert done.returncode == 0, done.stderr
    assert [b"its own sound" in body for body in _Uploads.bodies] == [True]
