"""A document read is looked over: what a librarian would doubt in its records, worst first. Pure."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from kb import Caveat, Flaw, Kind, Record
from kb.words import word_key

_LONGEST_TITLE = 22  # words of a title; longer ones are sentences; by eye
_SENTENCE = 7  # words from which a full stop at the end makes a sentence of a title; by eye
_LEAST_KIN = 4  # records of a kind from which an odd length shows
_ODD = 6.0  # times longer or shorter than the median of its kind; by eye
_DOUBTED = 0.8  # of a record's certainty that is left after a finding


def look_over(records: Sequence[Record]) -> list[Caveat]:
    """What looks wrong among the records of a document, worst first, then in printed order."""
    checks: dict[Flaw, Callable[[Sequence[Record]], Iterator[Record]]] = {
        Flaw.NO_TEXT: _without_text,
        Flaw.SENTENCE: _sentences,
        Flaw.TWICE: _twice,
        Flaw.EMPTY_FIELD: _with_empty_fields,
        Flaw.NO_FIELDS: _without_fields,
        Flaw.ODD_LENGTH: _of_odd_length,
    }
    return [
        Caveat(flaw, (record.page_start,), record.id, record.title, record.kind)
        for flaw, find in checks.items()
        for record in find(records)
    ]


def lowered(records: Sequence[Record], found: Sequence[Caveat]) -> tuple[Record, ...]:
    """The records, less sure of those that look wrong, once for each thing that does."""
    counts = Counter(caveat.record for caveat in found)
    return tuple(
        replace(r, confidence=round(r.confidence * _DOUBTED ** counts[r.id], 2)) if counts[r.id] else r
        for r in records
    )


def _without_text(records: Sequence[Record]) -> Iterator[Record]:
    holders = {r.annex for r in records}
    for record in records:
        is_bare = not any(f.text or f.tables for f in record.fields) and record.id not in holders
        if is_bare and record.kind in (Kind.PRACTICE, Kind.ANNEX):
            yield record


def _sentences(records: Sequence[Record]) -> Iterator[Record]:
    for record in records:
        words = record.title.split()
        ends = record.title.endswith((".", ";", ",")) and len(words) >= _SENTENCE
        if record.kind is not Kind.SECTION and (ends or len(words) > _LONGEST_TITLE):
            yield record


def _twice(records: Sequence[Record]) -> Iterator[Record]:
    named = [r for r in records if r.kind in (Kind.PRACTICE, Kind.TOOL)]
    counts = Counter((r.kind, word_key(r.title)) for r in named)
    yield from (r for r in named if counts[r.kind, word_key(r.title)] > 1)


def _with_empty_fields(records: Sequence[Record]) -> Iterator[Record]:
    for record in records:
        if record.kind is Kind.PRACTICE and any(f.label and not (f.text or f.tables) for f in record.fields):
            yield record


def _without_fields(records: Sequence[Record]) -> Iterator[Record]:
    yield from (r for r in records if r.kind is Kind.PRACTICE and not any(f.label for f in r.fields))


def _of_odd_length(records: Sequence[Record]) -> Iterator[Record]:
    practices = [r for r in records if r.kind is Kind.PRACTICE]
    if len(practices) < _LEAST_KIN:
        return
    lengths = {r.id: sum(len(f.text) for f in r.fields) for r in practices}
    usual = statistics.median(lengths.values())
    for record in practices:
        length = lengths[record.id]
        if length and usual and abs(math.log(length / usual)) > math.log(_ODD):
            yield record
