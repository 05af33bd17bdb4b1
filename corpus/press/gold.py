"""The truth about a pressed handbook, in the form of the gold files that the extraction score reads."""

from __future__ import annotations

from typing import Any

from corpus.press.binding import Volume
from corpus.press.entries import PracticeTold
from corpus.press.paging import Paging, SetPages

OPENING_WORDS = 9


def annotated(volume: Volume, made: SetPages, numbers: Paging) -> dict[str, Any]:
    """The gold annotation; `press` holds the structures that it was drawn from."""
    front, scheme = volume.front, volume.scheme
    tool_pages = made.marks
    return {
        "file": f"press-{scheme.seed}.pdf",
        "source": f"written by `python -m corpus.press`, seed {scheme.seed}",
        "licence": "as the project",
        "title": front.title,
        "also": [f"{front.title}: {front.subtitle}"] if front.subtitle else [],
        "publisher": front.publisher,
        "authors": list(front.authors),
        "year": front.year,
        "language": scheme.language,
        "pages": made.pages,
        "printed": list(numbers.folios),
        "annexes": [{"label": a.label, "title": a.title, "page": made.marks[a.mark]} for a in volume.annexes],
        "practices": [_practice(told, made) for told in volume.practices],
        "tools": [
            {"name": name, "page": tool_pages[mark]} if mark else {"name": name}
            for name, mark in volume.tools.items()
        ],
        "tools_complete": True,
        "optional_tools": [{"name": name} for name in volume.forms],
        "press": scheme.features,
    }


def _practice(told: PracticeTold, made: SetPages) -> dict[str, Any]:
    marks = [
        page for mark, page in made.marks.items() if mark == told.mark or mark.startswith(f"{told.mark}.")
    ]
    fields = {f.label: _opening(f.whole) for f in told.fields}
    if told.bare:
        fields["(lead)"] = ""
    return {
        "title": told.title,
        "also": list(told.also),
        "page_start": made.marks[told.mark],
        "page_end": max(*marks, made.marks[f"{told.mark}/end"]),
        "institution": told.institution,
        "annex": told.annex,
        "fields": fields,
        "field_pages": {f.label: made.marks[f.mark] for f in told.fields},
        "optional_fields": list(told.optional),
    }


def _opening(text: str) -> str:
    return " ".join(text.split()[:OPENING_WORDS])
