"""The words of handbook pages as they are printed, read once and kept on disk by PDF and page."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest import pipeline
from kb import Box, BusyError, Edition, InputError, ParseError
from kb.words import matching_ranges
from web.frame import pictures
from web.frame.shown import Shown

_log = logging.getLogger(__name__)

Words = list[list[tuple[str, float, float, float, float]]]
"""Line by line, each word with its box: x0, y0, x1, y1 in points from the top left of the page as shown."""


@dataclass(frozen=True, slots=True)
class PrintedLine(Shown):
    """Words that stand next to each other on a page."""

    text: str
    box: Box
    """x0, y0, x1, y1 in points from the top left of the page as shown."""


def words(cache: Path, pdf: Path, edition: Edition, page: int) -> Words:
    """The words of a page (PDF number, from 1), from the cache or read into it; none where it cannot be read.

    The page is whole without them: its picture and its text stand there. So what fails is logged only.
    """
    kept = cache / edition.sha256 / f"{page}-words.json"
    if held := pictures.kept(kept):
        return _loaded(held)
    try:
        with pictures.words_turn():
            found = pipeline.page_words(pdf, page, edition.language)
    except BusyError:
        return []
    except (ParseError, InputError) as error:
        _log.warning("%s: the words of page %d cannot be placed on its picture: %s", pdf.name, page, error)
        return []
    pictures.keep(kept, json.dumps(found, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return found


def lines(found: Words) -> tuple[PrintedLine, ...]:
    """Each line as one text in one box."""
    return tuple(
        PrintedLine(" ".join(word for word, *_ in line), _around([box for _, *box in line]))
        for line in found
        if line
    )


def matching(found: Words, text: str, language: str) -> tuple[Box, ...]:
    """The boxes of the words that a text looks for, in their order on the page; both parts of a broken word."""
    boxes: dict[Box, None] = {}
    for line, below in zip(found, [*found[1:], []], strict=True):
        for at, (word, *box) in enumerate(line):
            is_broken = at == len(line) - 1 and word.endswith("-") and below
            whole = word[:-1] + below[0][0] if is_broken else word
            if matching_ranges(text, whole, language):
                parts = [box, list(below[0][1:])] if is_broken else [box]
                boxes |= dict.fromkeys((x0, y0, x1, y1) for x0, y0, x1, y1 in parts)
    return tuple(boxes)


def _loaded(data: bytes) -> Words:
    try:
        held = json.loads(data.decode("utf-8", "surrogatepass"))
        return [[(text, x0, y0, x1, y1) for text, x0, y0, x1, y1 in line] for line in held]
    except (ValueError, TypeError) as error:
        _log.warning("a page's kept words are damaged: %s", error)
        return []


def _around(boxes: Sequence[Sequence[float]]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)
