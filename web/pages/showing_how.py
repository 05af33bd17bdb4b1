"""Practices that show how a line of a form is done: the library's own search, asked with the line's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from kb import Kind
from kb.search import Hit, Query
from web.export import FormLine
from web.frame import RecordRef, Refs, Shown, links, shortened
from web.pages.hits import EvidenceShown, evidence_shown

MOST = 3
"""Practices at a line."""
MOST_KEPT = 500
"""Lines whose practices are kept, which takes some megabytes."""
_LOOKED_AT = 8
"""Answers among which those of the shortlist come first."""
_LONGEST = 300  # characters of a line that are searched for
_YEARS = re.compile(r"[\d\W_]+")
"""What tells the titles of a course of several years apart."""
_SYNTAX = re.compile(r"(?<!\w)[-−]+|[\"“”„«»:]|[☐☑_]+")
"""What a search would read as more than words."""


FittingPractices = tuple[tuple[RecordRef, EvidenceShown], ...]


@dataclass(frozen=True, slots=True)
class PracticeShown(Shown):
    """A practice that shows how, with the words that do."""

    record: RecordRef
    evidence: EvidenceShown
    is_listed: bool
    """Whether it is on the shortlist."""


@dataclass(frozen=True, slots=True)
class LinePractices(Shown):
    """What shows how a line of a form is done."""

    line: str
    """The line's key."""
    search: str
    """Address of a search for more."""
    practices: tuple[PracticeShown, ...]


def practices(refs: Refs, line: FormLine, ids: Sequence[str] = ()) -> tuple[PracticeShown, ...]:
    """The best practices for a line, those of the shortlist first; none where nothing fits."""
    text = _words(line)
    if not any(c.isalnum() for c in text):
        return ()

    def find() -> FittingPractices:
        results = refs.library.search(Query(text, kinds=(Kind.PRACTICE,), limit=_LOOKED_AT))
        if results.no_match or results.is_weak:
            return ()
        best: dict[str, Hit] = {}
        for hit in results.hits:
            best.setdefault(_YEARS.sub("", hit.record.title), hit)
        others = (hit for hit in best.values() if hit.record.id != line.record)
        return tuple((refs.record(hit.record), evidence_shown(refs, hit)) for hit in others)

    found = refs.library.once("what shows how", _KeptPractices).of(line.key, find)
    ranked = sorted(found, key=lambda one: one[0].id not in ids)
    return tuple(PracticeShown(record, evidence, record.id in ids) for record, evidence in ranked[:MOST])


class _KeptPractices:
    """What was found for the lines asked for last, in one generation of the library; safe from several threads."""

    def __init__(self) -> None:
        self._found: dict[str, FittingPractices] = {}
        self._lock = Lock()

    def of(self, key: str, find: Callable[[], FittingPractices]) -> FittingPractices:
        """What is kept under a key, or is found now."""
        with self._lock:
            found = self._found.pop(key, None)
        if found is None:
            found = find()
        with self._lock:
            self._found[key] = found
            while len(self._found) > MOST_KEPT:
                del self._found[next(iter(self._found))]
        return found


def search(line: FormLine) -> str:
    """The address of a search for practices that show how."""
    return links.search((("q", _words(line)), ("kind", Kind.PRACTICE.value)))


def _words(line: FormLine) -> str:
    """What is searched for: the line, and what the best step asks of it."""
    said = " ".join(filter(None, (line.text, line.detail, line.levels[-1] if line.levels else "")))
    return shortened(" ".join(_SYNTAX.sub(" ", said).split()), _LONGEST)
