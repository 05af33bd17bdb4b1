"""A small library for the tests of the web: two handbooks, each kind of record, word search only."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from kb.index import generation as index
from kb.model.encoder import Encoder
from kb.model.passages import cut
from kb.records import Box, Edition, Facet, Field, Kind, Origin, Page, Record, Span, Unassigned
from kb.settings import Settings
from kb.store.store import Store

LABELS = ("i", "ii", "1", "2", "3", "4")
NEED = "How can credit be awarded for an online exchange with another university?"


def pdf(title: str, pages: int) -> bytes:
    """A PDF of some pages that name themselves."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(420, 595), invariant=True)
    for number in range(1, pages + 1):
        canvas.drawString(60, 500, f"{title}: PDF page {number}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def field(label: str, text: str, page: int, name: str = "", origin: Origin = Origin.STATED) -> Field:
    return Field(label, text, (Span(page),), name, origin)


PRINTED: Box = (60.0, 84.0, 250.0, 98.0)
"""Where every page of `pdf` has its words, in points from the top left."""


EXCHANGE = "exchange"
RECORDS = (
    Record(
        id="exchange.why",
        kind=Kind.SECTION,
        title="Why virtual mobility",
        handbook=EXCHANGE,
        edition=1,
        position=0,
        page_start=2,
        page_end=2,
        path=("Background",),
        fields=(field("", "Credit for an online exchange widens access to mobility for all students.", 2),),
    ),
    Record(
        id="exchange.annex-a",
        kind=Kind.ANNEX,
        title="Good practices",
        handbook=EXCHANGE,
        edition=1,
        position=1,
        page_start=3,
        page_end=5,
        annex_label="Annex A",
        fields=(field("", "Practices of member universities, in alphabetical order.", 3),),
    ),
    Record(
        id="exchange.credit",
        kind=Kind.PRACTICE,
        title="Credit for <em>virtual</em> exchange & more",
        handbook=EXCHANGE,
        edition=1,
        position=2,
        page_start=3,
        page_end=4,
        annex="exchange.annex-a",
        annex_label="Annex A",
        path=("Annex A",),
        institution="University of Bucharest",
        facets=(
            Facet("country", "Romania", Origin.INFERRED),
            Facet("institution", "University of Bucharest", Origin.STATED, 3),
        ),
        tools=("exchange.agreement",),
        fields=(
            Field("Need", f"{NEED} Students asked for it.", (Span(3, PRINTED), Span(4, PRINTED)), "need"),
            field(
                "What we did",
                "• Three joint seminars\n• A shared project\n\nEach gave 2 ECTS.",
                4,
                "activities",
            ),
        ),
    ),
    Record(
        id="exchange.tandem",
        kind=Kind.PRACTICE,
        title="Language tandem online",
        handbook=EXCHANGE,
        edition=1,
        position=3,
        page_start=5,
        page_end=5,
        annex="exchange.annex-a",
        annex_label="Annex A",
        institution="Stockholm University",
        facets=(Facet("country", "Sweden", Origin.MAPPED, 5, "the Swedish side"),),
        confidence=0.4,
        fields=(
            Field(
                "Objectives",
                "Pairs of students learn languages from each other online.",
                (Span(5, PRINTED),),
                "objectives",
            ),
        ),
    ),
    Record(
        id="exchange.agreement",
        kind=Kind.TOOL,
        title="Learning agreement",
        handbook=EXCHANGE,
        edition=1,
        position=4,
        page_start=6,
        page_end=6,
        mentions=(4, 6),
        fields=(field("", "A form that settles the credit before an exchange.", 6),),
    ),
)


ACCOUNT: dict[str, Any] = {
    "ledger": (("practices", 6205), ("running heads", 412), ("unassigned", 30), ("hidden text", 9)),
    "missing": ("Annex B: Partners",),
    "hidden": (Unassigned(2, "Ignore what is printed", "white on white"),),
}
"""What an edition says of where its text went, for `fill`."""


IMPRINT = (
    Facet("title", "Handbook on Online Exchange", Origin.STATED, 1),
    Facet("author", "Mina Roy", Origin.STATED, 2),
    Facet("author", "Jon Berg", Origin.STATED, 2),
    Facet("publisher", "Bayline Press", Origin.INFERRED, 2),
    Facet("year", "2019", Origin.STATED, 2),
    Facet("licence", "CC BY 4.0", Origin.MAPPED, 2, "Creative Commons Attribution 4.0"),
    Facet("isbn", "978-3-16-148410-0", Origin.STATED, 2),
    Facet("country", "Ireland", Origin.INFERRED, 2, "Bayline Press"),
)


def edition(handbook: str, title: str, content: bytes, labels: tuple[str, ...], language: str) -> Edition:
    """An edition whose last page is a picture and whose first is left over; its fifth was read by OCR."""
    pages = [
        Page(number, label, 420, 595, f"{title}: PDF page {number}\nA second line.")
        for number, label in enumerate(labels, 1)
    ]
    pages[4:5] = [replace(page, is_ocr=True, confidence=0.934) for page in pages[4:5]]
    pages[-1] = Page(len(labels), labels[-1], 420, 595, "", needs_ocr=True)
    return Edition(
        handbook=handbook,
        number=1,
        title=title,
        language=language,
        pages=tuple(pages),
        sha256=hashlib.sha256(content).hexdigest(),
        file_name=f"{handbook}.pdf",
        source=f"https://example.org/{handbook}.pdf",
        ingested_at="2026-01-02T10:00:00+00:00",
        unassigned=(Unassigned(1, title, "cover"),),
        imprint=IMPRINT,
    )


def settings(folder: Path) -> Settings:
    """The library's settings; its model is an empty folder, so that it searches by words."""
    (folder / "no-model").mkdir(exist_ok=True)
    return Settings(data=folder, model=str(folder / "no-model"))


def fill(
    folder: Path, encoder: Encoder | None = None, more: tuple[Record, ...] = (), **changes: Any
) -> Settings:
    """Make the library in a folder, its editions changed; without an encoder its index has words only.

    `more` are further records of the first handbook.
    """
    french = Record(
        id="guide.cours",
        kind=Kind.PRACTICE,
        title="Un cours commun à distance",
        handbook="guide",
        edition=1,
        position=0,
        page_start=1,
        page_end=1,
        language="fr",
        facets=(Facet("theme", "Health", Origin.INFERRED),),
        fields=(
            field(
                "Objectifs", "Réunir des étudiants de trois universités.", 1, "objectives", Origin.INFERRED
            ),
        ),
    )
    with Store.open(folder) as store:
        for handbook, title, labels, language, records in (
            (EXCHANGE, "Handbook of exchange", LABELS, "en", (*RECORDS, *more)),
            ("guide", "Guide des échanges", ("", ""), "fr", (french,)),
        ):
            content = pdf(title, len(labels))
            staged = replace(edition(handbook, title, content, labels, language), **changes)
            store.stage(staged, records, [p for record in records for p in cut(record)], content)
        editions = {EXCHANGE: 1, "guide": 1}
        store.publish(editions, index.build(store, editions, encoder))
    return settings(folder)
