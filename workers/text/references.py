"""Character references of HTML (&amp;, &#8217;) in text from anywhere."""

import html
import re
from typing import Final

_HUGE: Final = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,});?")
"""References beyond Unicode. Python refuses to read a number of more than 4,300 digits."""


def unescape_references(text: str) -> str:
    """Text with its references replaced by their characters; one beyond Unicode by U+FFFD."""
    return html.unescape(_HUGE.sub("\ufffd", text))
