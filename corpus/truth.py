"""The gold annotation of a typeset sample: what stands where, as Typst itself laid it out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import typst

from corpus.content import Book

HEADINGS = """query(heading).filter(h => h.has("label"))
    .map(h => (label: str(h.label), page: h.location().page()))"""
"""Every labelled heading with its PDF page (from 1): annexes, initiatives and tools."""

MARKS = "query(<mark>).map(m => (..m.value, page: m.location().page()))"
"""Every mark of a field, and of a record's end, with its PDF page."""

NOTES = """Written by `python -m corpus.build` from marks in the typeset document. The summary at the \
head of each annex repeats its titles and holds no records; sections of the guide are no practices."""

OPENING_WORDS = 9


@dataclass(frozen=True, slots=True)
class Places:
    """The PDF pages of headings by their label, and of each record's fields by record and field name."""

    headings: Mapping[str, int]
    fields: Mapping[str, Mapping[str, int]]


def places(compiler: typst.Compiler) -> Places:
    """Ask the compiler where each thing of the annotation stands."""
    headings = {h["label"]: h["page"] for h in json.loads(compiler.eval(HEADINGS))}
    fields: dict[str, dict[str, int]] = {}
    for mark in json.loads(compiler.eval(MARKS)):
        fields.setdefault(mark["record"], {})[mark["field"]] = mark["page"]
    return Places(headings, fields)


def opening(value: str | list[str]) -> str:
    """The first words of a field, which the score looks for; list items without their bullets."""
    text = " ".join(value) if isinstance(value, list) else value
    return " ".join(text.replace("\u00ad", "").split()[:OPENING_WORDS])


def practice(record: Mapping[str, Any], annex: str, first: int, pages: Mapping[str, int]) -> dict[str, Any]:
    """One gold practice; `pages` holds the page of each of its labels and of its end."""
    shown = [f for f in (*record["facts"], *record["prose"]) if f["name"] in pages]
    gold: dict[str, Any] = {"title": record["title"], "page_start": first, "page_end": max(pages.values())}
    if record["institution"]:
        gold["institution"] = record["institution"]
    gold["annex"] = annex
    gold["fields"] = {f["label"]: opening(f["value"]) for f in shown}
    gold["field_names"] = {f["label"]: f["name"] for f in shown}
    gold["field_pages"] = {f["label"]: pages[f["name"]] for f in shown}
    return gold


def annotate(book: Book, found: Places, file_name: str, pages: int) -> dict[str, Any]:
    """The gold annotation of one PDF, in the format that the extraction score reads."""
    return {
        "file": file_name,
        "source": "written and typeset for this project: corpus/sample",
        "licence": "as the project",
        "language": "en",
        "pages": pages,
        "notes": NOTES,
        "annexes": [
            {"label": a["label"], "title": a["title"], "page": found.headings[f"annex-{a['id']}"]}
            for a in (*book["annexes"], book["tools"])
        ],
        "practices": [
            practice(r, a["label"], found.headings[f"record-{r['id']}"], found.fields[r["id"]])
            for a in book["annexes"]
            for r in a["records"]
        ],
        "tools": [
            {"name": label.removeprefix("tool-"), "page": page}
            for label, page in found.headings.items()
            if label.startswith("tool-")
        ],
    }
