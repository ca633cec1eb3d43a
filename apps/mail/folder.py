"""Mail backend of an installation without a mail server: every mail becomes a file below TTSAI_HOME/mail, readable by its user alone."""

import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.utils import timezone


class FolderBackend(BaseEmailBackend):
    """Writes `<time>-<address>-<random>.eml`, which mail programs open."""

    def __init__(self, *, folder: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.folder = Path(folder or settings.TTSAI_MAIL_FOLDER)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            self._write(message)
        return len(email_messages)

    def _write(self, message: EmailMessage) -> None:
        address = re.sub(r"[^A-Za-z0-9.@_-]", "_", message.to[0])[:80]
        name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{address}-{secrets.token_hex(3)}"
        unfinished = self.folder / f".{name}"
        with open(unfinished, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(message.message().as_bytes())
        unfinished.rename(self.folder / f"{name}.eml")  # a reader of the folder never sees half a mail
