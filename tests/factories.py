"""One factory a type, and an encoder that needs no model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cli import english
from kb.records import Edition, Field, Kind, Page, Passage, Record, Span
from kb.search.library import Library
from kb.search.query import Query
from kb.search.snapshot import Results
from kb.store.store import Store

PDF = b"%PDF-1.7\n% made for a test\n%%EOF\n"


def answer(library: Library, query: Query) -> Results:
    """What a library answers by now."""
    return library.snapshot(to_search=query.needs_model).search(query)


def told(results: Results) -> str:
    """What results say beside their hits, as the command line prints it."""
    return english.said((*results.notices, *results.remarks))


def a_page(number: int = 1, **changes: Any) -> Page:
    return replace(Page(number, str(number), 595.0, 842.0, f"Text of page {number}."), **changes)


def an_edition(handbook: str = "handbook", number: int = 1, pdf: bytes = PDF, **changes: Any) -> Edition:
    """An edition of two pages, read from `pdf`."""
    made = Edition(
        handbook=handbook,
        number=number,
        title=f"The {handbook} of good practice",
        language="en",
        pages=(a_page(1), a_page(2)),
        sha256=hashlib.sha256(pdf).hexdigest(),
        file_name=f"{handbook}.pdf",
        ingested_at="2025-01-01T12:00:00+00:00",
    )
    return replace(made, **changes)


def a_field(
    label: str = "Objectives", text: str = "To award credit.", page: int = 1, **changes: Any
) -> Field:
    return replace(Field(label, text, (Span(page),), label.lower()), **changes)


def a_record(record: str = "a-practice", title: str = "", text: str = "", **changes: Any) -> Record:
    """A practice on page 1 with one field."""
    made = Record(
        id=record,
        kind=Kind.PRACTICE,
        title=title or record.replace("-", " ").capitalize(),
        handbook="handbook",
        edition=1,
        position=0,
        page_start=1,
        page_end=1,
        fields=(a_field(text=text or f"What {record} is for."),),
        institution="University of Example",
    )
    return replace(made, **changes)


def a_passage(record: str = "a-practice", number: int = 0, text: str = "", **changes: Any) -> Passage:
    made = Passage(record, number, text or f"Passage {number} of {record}.", record, "Objectives", 1)
    return replace(made, **changes)


def passages_of(records: Iterable[Record]) -> list[Passage]:
    """A passage for each field, in order."""
    return [
        Passage(
            record.id,
            number,
            part.text,
            f"{record.title}, {record.institution}",
            part.label,
            part.page,
            number,
        )
        for record in records
        for number, part in enumerate(record.fields)
    ]


def stage(
    store: Store,
    records: Sequence[Record] = (),
    handbook: str = "handbook",
    number: int = 1,
    pdf: bytes = PDF,
) -> None:
    """Stage an edition of these records (one, unless given), with a passage for each field."""
    own = [
        replace(record, handbook=handbook, edition=number, position=position)
        for position, record in enumerate(records or [a_record(f"{handbook}-practice")])
    ]
    store.stage(an_edition(handbook, number, pdf), own, passages_of(own), pdf)


@dataclass(frozen=True, slots=True)
class FakeEncoder:
    """A deterministic encoder: each word is a fixed direction, and a text the sum of its words.

    `embedded` keeps every passage that was embedded, so that a test can tell what was taken from the cache.
    """

    id: str = "fake"
    dim: int = 64
    max_tokens: int = 200
    embedded: list[str] = field(default_factory=list, compare=False)

    def spans(self, text: str) -> list[tuple[int, int]]:
        return [found.span() for found in re.finditer(r"\w+|[^\w\s]", text)]

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._rows(texts)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded.extend(texts)
        return self._rows(texts)

    def _rows(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for number, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()) or [""]:
                rows[number] += self._direction(word)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def _direction(self, word: str) -> NDArray[np.float32]:
        seed = hashlib.sha256(f"{self.id} {word}".encode("utf-8", "surrogatepass")).digest()
        return np.random.default_rng(list(seed)).standard_normal(self.dim).astype(np.float32)
