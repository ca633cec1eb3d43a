"""Mails of django-allauth in the product's words and design (mails.toml)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from apps.mail.links import at_link_base
from apps.mail.services import MailContent


@cache
def mail_texts() -> dict[str, dict[str, Any]]:
    """Subject, paragraphs and link by allauth's name of the mail."""
    return tomllib.loads((Path(__file__).parent / "mails.toml").read_text())


def content_of(template: str, *, to: str, context: Mapping[str, Any], request: HttpRequest) -> MailContent:
    """Content of allauth's mail. Links lead to the base of links in mails, whatever Host the request named."""
    texts = mail_texts()[template]
    values = {**context, "product_name": settings.TTSAI_PRODUCT_NAME, "to": to}
    title, name = texts.get("link", ("", ""))
    facts = []
    if "timestamp" in context:
        facts = [
            ("Time", f"{context['timestamp']:%-d %b %Y, %H:%M} UTC"),
            ("Address", str(context["ip"])),
            ("Browser", str(context["user_agent"])),
        ]
    return MailContent(
        subject=texts["subject"].format_map(values),
        paragraphs=[paragraph.format_map(values) for paragraph in texts["paragraphs"]],
        code=str(context.get("code", "")),
        link=(title, at_link_base(request, context[name])) if name else None,
        facts=facts,
    )
