"""Pure helpers for showing a record's text: blocks, marked evidence, one-line summaries, questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kb import Field, FieldTable, Record
from kb.model import passages
from kb.words import fold

BULLET = "• "
SUMMARY_NAMES = ("description", "need", "", "objectives", "activities")
"""Canonical fields a one-line summary is taken from, best first; "" is the unlabelled introduction."""
LEAST_SUMMARY = 60
"""Characters; fewer seldom say what a record is."""
_LEAST_WORDS = 3  # of a sentence; fewer with a stop behind them are a heading
_NUMBERED = re.compile(r"\d+\s*[.;:)]")
"""How the items of lists and the rows of tables begin."""


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
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[str]:
    for block in paragraphs(text):
        for line in block.lines:
            yield from (" ".join(line[start:end].split()) for start, end in passages.sentences(line))


def shortened(text: str, most: int = 180) -> str:
    """The text cut at a word so that it has at most `most` characters, "…" included."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:–-")
    return f"{cut}…"


def summary(record: Record) -> str:
    """The record in a line of its own words that says what it is: the first whole sentences of its most telling field.

    They are as many as make LEAST_SUMMARY characters. Where no field has so many, its longest words in a row do.
    """
    fields = sorted(record.fields, key=_telling)
    for take in (_whole, _anything):
        for field in fields:
            found = take(field.spoken, record.title, record.language)
            if len(found) >= LEAST_SUMMARY:
                return shortened(found)
    everything = (_anything(field.spoken, record.title, record.language) for field in fields)
    return shortened(max(everything, key=len, default=""))


def _telling(field: Field) -> int:
    """How far a field is from saying what a record is; those that are not known to are as far as any."""
    is_known = field.name in SUMMARY_NAMES and (field.name or not field.label)
    return SUMMARY_NAMES.index(field.name) if is_known else len(SUMMARY_NAMES)


@lru_cache(maxsize=1024)
def _whole(text: str, title: str, language: str) -> str:
    """The first whole sentences of a text that follow each other; those that go before, as a heading does, are not."""
    found = ""
    for sentence in _sentences(text):
        if len(found) >= LEAST_SUMMARY:
            break
        if found or _is_whole(sentence, title, language):
            found = f"{found} {sentence}".strip()
    return found


@lru_cache(maxsize=1024)
def _anything(text: str, title: str, language: str) -> str:  # noqa: ARG001 - as `_whole` is asked
    """The first words of a text but for those that repeat the title."""
    found = ""
    for sentence in _sentences(text):
        if len(found) >= LEAST_SUMMARY:
            break
        if fold(sentence) != fold(title) and any(char.isalpha() for char in sentence):
            found = f"{found} {sentence}".strip()
    return found


def _is_whole(sentence: str, title: str, language: str) -> bool:
    """Whether a text is a sentence, from its capital to its end, and neither a heading nor what leads to a list."""
    opens = next((char for char in sentence if char.isalnum()), "")
    is_ended = sentence.rstrip("”»\"')’").endswith((".", "!", "?", "…", ";" if language == "el" else "."))
    is_begun = (opens.isupper() or opens.isdigit()) and not _NUMBERED.match(sentence)
    return is_begun and is_ended and len(sentence.split()) >= _LEAST_WORDS and fold(sentence) != fold(title)
