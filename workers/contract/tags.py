"""Language tags (BCP 47), kept in lower case with hyphens: `en`, `en-gb`, `zh-hans-cn`. The only module that parses them."""

import re
from typing import Final

LONGEST_TAG: Final = 35
"""Longest language tag that implementations must support (RFC 5646, section 4.4.1)."""

_TAG: Final = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")
_REGION: Final = re.compile(r"[a-z]{2}|[0-9]{3}")


def normalise_tag(tag: str | None) -> str:
    """The tag in lower case with hyphens, `en-gb` for ` en_GB`; empty for None."""
    return (tag or "").strip().replace("_", "-").lower()


def requested_tag(tag: str | None) -> str:
    """The normalised tag of a request; empty for `auto`, which asks for detection."""
    normalised = normalise_tag(tag)
    return "" if normalised == "auto" else normalised


def is_tag(tag: str) -> bool:
    """True for a well-formed normalised tag."""
    return len(tag) <= LONGEST_TAG and _TAG.fullmatch(tag) is not None


def primary_tag(tag: str) -> str:
    """The language alone: `en` for `en-GB`."""
    return normalise_tag(tag).partition("-")[0]


def region_of(tag: str) -> str:
    """The region in lower case, `gb` for `en-GB` and `cn` for `zh-Hans-CN`; empty where the tag has none."""
    for subtag in normalise_tag(tag).split("-")[1:]:
        if len(subtag) == 1:  # what follows is an extension
            return ""
        if _REGION.fullmatch(subtag):
            return subtag
    return ""


def is_same_language(tag: str, other: str) -> bool:
    """True if both tags have the same primary tag, whatever their regions."""
    return primary_tag(tag) == primary_tag(other)


def spell_tag(tag: str) -> str:
    """The tag in the usual capitals (RFC 5646, section 2.1.1): `en-US` for `en-us`, `zh-Hans-CN` for `zh-hans-cn`."""
    primary, *subtags = normalise_tag(tag).split("-")
    extension = next((index for index, subtag in enumerate(subtags) if len(subtag) == 1), len(subtags))
    capitals = {2: str.upper, 4: str.title}
    return "-".join([primary, *(capitals.get(len(subtag), str)(subtag) for subtag in subtags[:extension]), *subtags[extension:]])


def covers_tag(general: str, tag: str) -> bool:
    """True if `tag` is `general` or a more exact form of it: `en` covers `en-gb`, and an empty tag covers all."""
    return not general or tag == general or tag.startswith(f"{general}-")
