"""A box of facts beside a record: "Institution: ..., Duration: ...", one label below the other. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.page import Line, join_lines
from ingest.tree import Section
from kb.words import Vocabulary

_LONGEST, _MOST_WORDS = 45, 5  # characters and words of a label in a box; by eye
_LEAST_FACTS = 2  # labels from which a box holds facts, not a note


@dataclass(frozen=True, slots=True)
class BoxedFact:
    """A label in a box with its own line or lines and the lines of its value."""

    label: str
    place: tuple[Line, ...]
    lines: tuple[Line, ...]


def lines_of(section: Section) -> list[Line]:
    """The lines that stand in boxes beside a record, in printed order; none where all of it is boxed."""
    if any(line.is_boxed for line in section.heading):
        return []
    return [line for line in _walk(section) if line.is_boxed and not line.cells]


def _walk(section: Section) -> Iterator[Line]:
    """All lines of a record; of a section below it that has sections of its own, none: that is a record itself."""
    yield from section.lines
    for child in section.children:
        if child.is_aside or all(s.is_aside for s in child.children):
            yield from child.heading
            yield from _walk(child)


def facts(lines: Sequence[Line], vocabulary: Vocabulary) -> list[BoxedFact]:
    """The facts of a box; none where it holds fewer than two labels that stand at a line's start before a colon.

    A label may run over two lines. What stands above the first label belongs to none.
    """
    starts = list(_starts(lines, vocabulary))
    if len(starts) < _LEAST_FACTS:
        return []
    ends = [first for first, _, _ in starts[1:]] + [len(lines)]
    found = []
    for (first, after, label), end in zip(starts, ends, strict=True):
        opening = lines[after - 1]
        rest = opening.text.split(":", 1)[1].strip() if ":" in opening.text else ""
        value = [replace(opening, text=rest)] if rest else []
        found.append(BoxedFact(label, tuple(lines[first:after]), (*value, *lines[after:end])))
    return found


def _starts(lines: Sequence[Line], vocabulary: Vocabulary) -> Iterator[tuple[int, int, str]]:
    """Where labels begin, the line after them, and the labels."""
    index = 0
    while index < len(lines):
        label = _label(lines[index].text)
        wrapped = ""
        if (
            not label
            and lines[index].is_bold
            and index + 1 < len(lines)
            and lines[index + 1].runs[0].style.bold
        ):
            wrapped = _label(join_lines([lines[index].text, lines[index + 1].text]))
        if label or wrapped:
            after = index + (2 if wrapped else 1)
            yield index, after, label or wrapped
            index = after
            continue
        if lines[index].is_bold and vocabulary.canonical(lines[index].text):
            yield index, index + 1, lines[index].text
        index += 1


def _label(text: str) -> str:
    """The words before a colon, where they are few and open a line; "" else."""
    head, colon, rest = text.partition(":")
    head = head.strip()
    is_label = bool(colon) and 1 < len(head) <= _LONGEST and len(head.split()) <= _MOST_WORDS
    return head if is_label and head[:1].isupper() and not rest.startswith("//") else ""
