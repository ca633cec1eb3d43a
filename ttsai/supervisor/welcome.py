"""Welcome banner of `ttsai up`."""

import http.client
import ipaddress
import json
import shlex
from typing import Final

from ttsai.supervisor.output import Log
from ttsai.supervisor.programs import InstanceAddresses

SENTENCE = "Hello! This sentence was spoken on my own machine."
ANSWER_SECONDS: Final = 5.0


def print_welcome(place: InstanceAddresses, *, log: Log, seconds: float, is_first: bool) -> None:
    """Print the address, the demo account and an example request: with the key on the first start, later with the path of the file that holds it."""
    key_file = place.home.secrets / "demo-key"
    log.say(f"Speech Platform is ready in {seconds:.1f} s: {place.url}  (Ctrl-C stops everything)")
    if is_exposed(place.host):
        log.say(exposure_warning(place.host))
    if not key_file.exists():
        return
    key = key_file.read_text().strip()
    lines = [
        "",
        f"  API        {place.url}/v1/   (documentation: {place.url}/docs/)",
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
    """Example request, ready to paste into a shell."""
    body = f'{{"model":"kokoro","input":"{SENTENCE}","voice":"af_bella","response_format":"mp3"}}'
    headers = f'-H "Authorization: Bearer {key}" -H "Content-Type: application/json"'
    return f"curl -s {url}/v1/audio/speech {headers} -d '{body}' -o hello.mp3"


def account_line(place: InstanceAddresses, *, key: str) -> str:
    """Plan and credits of the demo account according to the API, or the reason why they are unknown."""
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
    """True if other machines can reach the address."""
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host != "localhost"


def exposure_warning(host: str) -> str:
    """Warning for a HOST beyond the loopback address."""
    return (
        f"warning: with HOST={host} other machines can reach the API, the docs and the admin over unencrypted HTTP. "
        "Put a proxy with TLS in front (TTSAI_TRUSTED_PROXIES, TTSAI_PUBLIC_URL), or leave HOST at 127.0.0.1"
    )
