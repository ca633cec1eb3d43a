"""Ids of jobs in the admin. Whoever knows a job's uuid opens its result, subtitles and downloads without a key, so that operators who may not see
contents get another id in its place: the uuid encrypted with a key of this installation. The site masks every page and address of the admin
(apps/operator/site.py), whichever table wrote it, and reads masked ids in paths and searches.
"""

import re
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils.crypto import salted_hmac

from apps.core.ids import find_uuid
from apps.jobs.models import Job
from apps.operator.contents import hidden_jobs

SEARCHES: Final = ("q", "s")
"""Parameters with what is searched for: in a list, and on all lists."""
_UUID: Final = re.compile(r"[0-9a-fA-F]{32}(?![0-9a-fA-F])|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""Uuids also behind other hex digits: `%3D` stands before one in an address that holds an address."""
_SHORT: Final = re.compile(r"[0-9a-f]{8}(?=…|\\u2026)")
"""First digits of a uuid, as lists show them; JSON escapes the ellipsis."""


def mask(job_uuid: UUID) -> UUID:
    """The id that stands for the job on pages of operators without the permission."""
    return UUID(bytes=_cipher().encryptor().update(job_uuid.bytes))


def unmask(masked: UUID) -> UUID:
    """The uuid that an id stands for."""
    return UUID(bytes=_cipher().decryptor().update(masked.bytes))


def read_masks(request: HttpRequest, kwargs: dict[str, Any]) -> None:
    """Put uuids in place of masked ids in the arguments of a view and in searches. Real uuids, which a customer may have sent, stay."""
    if not (request.user.is_active and request.user.is_staff):
        return
    kwargs.update(_unmasked(kwargs, ["object_id"]))
    if found := _unmasked(request.GET, SEARCHES):
        query = request.GET.copy()
        for name, value in found.items():
            query[name] = value
        request.GET = query  # type: ignore[assignment]  # a view may set it; the stubs know the first value alone


def mask_response(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The response with a mask for each uuid of a job that the operator may not open. Pages that are not rendered yet are masked afterwards."""
    if request.user.is_superuser:
        return response
    if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
        response.add_post_render_callback(lambda rendered: _mask_text(request, rendered))
    elif isinstance(response, HttpResponse):
        _mask_text(request, response)
    return response


def _mask_text(request: HttpRequest, response: HttpResponse) -> None:
    if "Location" in response:
        response["Location"] = _masked(request, response["Location"])
    if response.get("Content-Type", "").startswith(("text/", "application/json")):
        text = response.content.decode(response.charset)
        if (masked := _masked(request, text)) != text:
            response.content = masked


def _masked(request: HttpRequest, text: str) -> str:
    found = {UUID(spelling) for spelling in _UUID.findall(text)}
    masks = {job_uuid: mask(job_uuid) for job_uuid in hidden_jobs(request, found)} if found else {}
    if not masks:
        return text
    shorts = {job_uuid.hex[:8]: masked.hex[:8] for job_uuid, masked in masks.items()}

    def replace(match: re.Match[str]) -> str:
        masked = masks.get(UUID(match[0]))
        if masked is None:
            return match[0]
        return str(masked) if "-" in match[0] else masked.hex

    return _SHORT.sub(lambda match: shorts.get(match[0], match[0]), _UUID.sub(replace, text))


def _unmasked(values: Any, names: Iterable[str]) -> dict[str, str]:
    """Uuids of jobs by the names of the values that are masked ids."""
    given = {name: find_uuid(str(values.get(name, "")).strip()) for name in names}
    sought = {name: unmask(masked) for name, masked in given.items() if masked is not None}
    if not sought:
        return {}
    jobs = set(Job.objects.filter(uuid__in=sought.values()).values_list("uuid", flat=True))
    return {name: str(job_uuid) for name, job_uuid in sought.items() if job_uuid in jobs}


def _cipher() -> Cipher[ECB]:
    """AES over one block: a permutation of all uuids, so that ids are as long as uuids and need no table."""
    key = salted_hmac("apps.operator.masked_ids", "", algorithm="sha256").digest()
    return Cipher(AES(key), ECB())  # noqa: S305 - a single block has no pattern that the mode could show
