"""Texts as files: plain text, Markdown, EPUB books and SRT subtitles of customers, read in bounded memory. Nothing in a file is trusted."""

from workers.documents.errors import DocumentError
from workers.documents.file import SUPPORTED_TEXTS, TEXT_FORMATS, TextFile, TextLimits, find_text_format
from workers.documents.reading import read_text_file

__all__ = ["SUPPORTED_TEXTS", "TEXT_FORMATS", "DocumentError", "TextFile", "TextLimits", "find_text_format", "read_text_file"]
