"""Pure helpers for showing a record's text: blocks, marked evidence, one-line summaries, questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kb import FieldTable, Record
from kb.model import passages

BULLET = "• "
SUMMARY_NAMES = ("description", "objectives", "need", "activities", "")
"""Canonical fields a one-line summary is taken from, best first; "" is the unlabelled introduction."""


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph (one line) or a list (its items)."""

    is_list: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellBlock:
    """A cell of a table: its text, what it takes, whether it heads others, and what heads its column."""

    text: str
    columns: int
    rows: int
    is_head: bool
    head: str


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table: its rows of heads, and the others."""

    heads: tuple[tuple[CellBlock, ...], ...]
    body: tuple[tuple[CellBlock, ...], ...]


def blocks(text: str, tables: Sequence[FieldTable] = ()) -> tuple[TextBlock | TableBlock, ...]:
    """Cut a field's text into paragraphs and lists, and put its tables where their flat rows stand."""
    found: list[TextBlock | TableBlock] = []
    at = 0
    for table in tables:
        found += [*paragraphs(text[at : table.start]), _table(table)]
        at = table.end
    return (*found, *paragraphs(text[at:]))


def _table(table: FieldTable) -> TableBlock:
    heads = table.heads()
    rows = [
        tuple(CellBlock(c.text, c.columns, c.rows, c.is_head, heads.get(at, "")) for at, c in row)
        for row in table.placed()
    ]
    return TableBlock(tuple(rows[: table.head_rows]), tuple(rows[table.head_rows :]))


def paragraphs(text: str) -> tuple[TextBlock, ...]:
    """Cut a text into paragraphs and lists; no character but bullets and blank lines is lost."""
    found: list[TextBlock] = []
    for part in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        for line in lines:
            is_item = line.startswith(BULLET.strip())
            shown = line.removeprefix(BULLET.strip()).strip() if is_item else line
            if found and is_item and found[-1].is_list:
                found[-1] = TextBlock(True, (*found[-1].lines, shown))
            else:
                found.append(TextBlock(is_item, (shown,)))
    return tuple(found)


def segments(text: str, marks: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Yield the text in order as (piece, is it marked); marks may overlap or overrun."""
    at = 0
    for first, last in sorted(marks):
        start, end = max(first, at), min(last, len(text))
        if start >= end:
            continue
        if at < start:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, bullets removed, white space made single."""
    found: list[str] = []
    for block in paragraphs(text):
        for line in block.lines:
            found += [" ".join(line[start:end].split()) for start, end in passages.sentences(line)]
    return tuple(found)


def shortened(text: str, most: int = 180) -> str:
    """The text cut at a word so that it has at most `most` characters, "…" included."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:–-")
    return f"{cut}…"


def summary(record: Record) -> str:
    """The record in one line of its own words: the first sentence of its most telling field."""
    for name in SUMMARY_NAMES:
        for field in record.fields:
            if field.name == name and (name or not field.label) and (found := _first_sentence(field.spoken)):
                return shortened(found)
    return next((shortened(found) for field in record.fields if (found := _first_sentence(field.spoken))), "")


@lru_cache(maxsize=4096)
def _first_sentence(text: str) -> str:
    return next(iter(sentences(text)), "")


def questions(record: Record) -> Iterator[str]:
    """Yield the questions a record asks that read well as a need: 5 to 18 words."""
    mark = ";" if record.language == "el" else "?"
    for field in record.fields:
        for sentence in sentences(field.spoken):
            if sentence.endswith(mark) and sentence[0].isupper() and 5 <= len(sentence.split()) <= 18:
                yield sentence
