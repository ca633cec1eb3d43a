"""Splits a text into the sentences that are spoken as chunks."""

from typing import Final

from workers.text.markup.boundaries import cut_segment, find_segments

LONGEST_SENTENCE: Final = 500
"""Characters: a longer sentence is cut at a clause, a comma or a space."""


def split_sentences(text: str, *, longest: int = LONGEST_SENTENCE) -> list[str]:
    """Sentences, lines and paragraphs of a text, without the white space around them. Linear in the length of the text.

    What holds no letter or digit, such as a row of stars, belongs to the sentence before it, if that has room.
    """
    sentences: list[str] = []
    for segment in find_segments(text):
        for piece in cut_segment(text, segment, longest=longest):
            sentence = text[piece.start : piece.end].strip()
            if any(map(str.isalnum, sentence)) or not sentences:
                sentences.append(sentence)
            elif sentence and len(sentences[-1]) + 1 + len(sentence) <= longest:
                sentences[-1] += f" {sentence}"
    return [sentence for sentence in sentences if any(map(str.isalnum, sentence))]
