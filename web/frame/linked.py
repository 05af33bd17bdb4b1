"""Linked data (schema.org) of handbooks and records, for search engines and reference managers."""

from __future__ import annotations

from web.frame.named import HandbookRef, RecordRef
from web.frame.shown import Json

CONTEXT = "https://schema.org"


def whole(node: Json) -> Json:
    """What a page is about, without what the handbook is silent on."""
    filled = {name: value for name, value in node.items() if value not in ("", [], None)}
    return {"@context": CONTEXT, **filled}


def chapter(record: RecordRef, origin: str) -> Json:
    """A record, as a chapter of its handbook."""
    return {
        "@type": "Chapter",
        "@id": origin + record.url,
        "url": origin + record.url,
        "name": record.title,
        "inLanguage": record.language,
    }


def book(handbook: HandbookRef, origin: str, edition: int) -> Json:
    """A handbook."""
    return {
        "@type": "Book",
        "@id": origin + handbook.url,
        "url": origin + handbook.url,
        "name": handbook.title,
        "bookEdition": str(edition),
        "inLanguage": handbook.language,
    }
