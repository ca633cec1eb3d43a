"""What a newcomer reads when everything runs."""

from ttsai.supervisor.output import Log
from ttsai.supervisor.programs import Place

SENTENCE = "Hello! This sentence was spoken on my own machine."


def print_welcome(place: Place, *, log: Log, seconds: float, is_first: bool) -> None:
    """The address, and a request to paste: with the key on the first start, with the file that holds it later."""
    key_file = place.home.secrets / "demo-key"
    log.say(f"ready in {seconds:.1f} s: {place.url}  (Ctrl-C stops everything)")
    if not key_file.exists():
        return
    key = key_file.read_text().strip() if is_first else f"$(cat '{key_file}')"
    lines = [
        "",
        f"  API        {place.url}/v1/",
        f"  Admin      {place.url}/admin/   admin@localhost, password in {place.home.secrets / 'admin-password'}",
        f"  Demo key   {key if is_first else f'in {key_file}'}   (plan pro)",
        "",
        "  Try it:",
        "",
        curl_line(place.url, key=key),
        "",
    ]
    log.plain("\n".join(lines))


def curl_line(url: str, *, key: str) -> str:
    """A request that works when pasted."""
    body = f'{{"model":"kokoro","input":"{SENTENCE}","voice":"af_bella","response_format":"mp3"}}'
    headers = f'-H "Authorization: Bearer {key}" -H "Content-Type: application/json"'
    return f"curl -s {url}/v1/audio/speech {headers} -d '{body}' -o hello.mp3"
