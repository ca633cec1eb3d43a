"""HTML and Markdown in a plain text: formatting that is not spoken."""

from workers.text.normalise.formatting.edits import Edit, apply_edits, mask_edits
from workers.text.normalise.formatting.html import find_html
from workers.text.normalise.formatting.markdown import find_markdown
from workers.text.spoken_text import SpokenText

__all__ = ["mask_formatting", "strip_html", "strip_markdown"]


def strip_html(text: str) -> SpokenText:
    """Remove tags and resolve references."""
    return apply_edits(text, find_html(text))


def strip_markdown(text: str) -> SpokenText:
    """Remove link targets, markers of headings, lists and quotations, rulers and the like."""
    return apply_edits(text, find_markdown(text))


def mask_formatting(text: str) -> str:
    """Text of the same length in which formatting looks like brackets and line ends, for finding sentences."""
    masked = mask_edits(text, find_html(text))
    return mask_edits(masked, find_markdown(masked))
