"""Text that a newcomer reads when everything runs."""

import http.client
import ipaddress
import json
import shlex
from typing import Final

from ttsai.supervisor.output import Log
from ttsai.supervisor.programs import Place

SENTENCE = "Hello! This sentence was spoken on my own machine."
ANSWER_SECONDS: Final = 5.0


def print_welcome(place: Place, *, log: Log, seconds: float, is_first: bool) -> None:
    """Prints the address, the demo account and a request to paste: with the key on the first start, with the file that holds it later."""
    key_file = place.home.secrets / "demo-key"
    log.say(f"ready in {seconds:.1f} s: {place.url}  (Ctrl-C stops everything)")
    if is_exposed(place.host):
        log.say(exposure_warning(place.host))
    if not key_file.exists():
        return
    key = key_file.read_text().strip()
    lines = [
        "",
        f"  API        {place.url}/v1/   (all of it, to read and to try: {place.url}/docs/)",
        f"  Admin      {place.url}/admin/   admin@localhost, password in {place.home.secrets / 'admin-password'}",
        f"  Demo key   {key if is_first else f'in {key_file}'}   ({account_line(place, key=key)})",
        "",
        "  Try it:",
        "",
        curl_line(place.url, key=key if is_first else f"$(cat {shlex.quote(str(key_file))})"),
        "",
    ]
    log.plain("\n".join(lines))


def curl_line(url: str, *, key: str) -> str:
    """A request that works when pasted."""
    body = f'{{"model":"kokoro","input":"{SENTENCE}","voice":"af_bella","response_format":"mp3"}}'
    headers = f'-H "Authorization: Bearer {key}" -H "Content-Type: application/json"'
    return f"curl -s {url}/v1/audio/speech {headers} -d '{body}' -o hello.mp3"


def account_line(place: Place, *, key: str) -> str:
    """Plan and credits of the demo account as the API tells them, or why it does not."""
    connection = http.client.HTTPConnection(place.address, place.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/v1/account/", headers={"Authorization": f"Bearer {key}"})
        response = connection.getresponse()
        account = json.loads(response.read())
        if response.status != http.client.OK:
            return f"not accepted: {account['error']['message']}"
        return f"plan {account['plan']}, {account['credits']:,.10g} credits"
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        return f"its credits are unknown: {error or type(error).__name__}"
    finally:
        connection.close()


def is_exposed(host: str) -> bool:
    """True where other machines may reach the address."""
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host != "localhost"


def exposure_warning(host: str) -> str:
    """One line for who listens on more than the loopback address."""
    return (
        f"warning: with HOST={host} other machines reach the API, the docs and the admin, over HTTP that anybody on the way can read. "
        "Put a proxy with TLS in front (TTSAI_TRUSTED_PROXIES, TTSAI_PUBLIC_URL), or leave HOST at 127.0.0.1"
    )
