"""Mails that a running platform without a mail server has written to its folder."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tests.flows.following import wait_until
from tests.flows.running import RunningPlatform

CODE = r"^ {4}([A-Z]{4}-[A-Z]{4})$"


def find_in_mail(platform: RunningPlatform, address: str, pattern: str) -> str:
    """First group of the pattern in the newest mail to the address that has it; waits for such a mail."""
    found: list[str] = []

    def has_come() -> bool:
        for path in sorted((platform.home / "mail").glob(f"*-{address}-*.eml"), reverse=True):
            if match := re.search(pattern, _text_of(path.read_bytes()), re.MULTILINE):
                found.append(match[1])
                return True
        return False

    wait_until(has_come)
    return found[0]


def _text_of(mail: bytes) -> str:
    message = message_from_bytes(mail, _class=EmailMessage, policy=default)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
