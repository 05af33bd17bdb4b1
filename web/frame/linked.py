"""What a page is about as linked data (schema.org), for search engines and reference managers.

Only what a handbook states is claimed: inferred values are left out.
"""

from __future__ import annotations

from typing import Any

from kb import Origin
from web.frame.context import AnyPage, Fact, HandbookPage, HandbookRef, HomePage, RecordPage, RecordRef

Node = dict[str, Any]
CONTEXT = "https://schema.org"
_ABOUT = ("theme", "discipline", "format", "level")


def linked(page: AnyPage, origin: str) -> Node | None:
    """The node of a page, with absolute addresses; None where there is nothing to say of it."""
    match page:
        case RecordPage():
            node = _record_page(page, origin)
        case HandbookPage():
            node = _handbook_page(page, origin)
        case HomePage():
            node = _home_page(page, origin)
        case _:
            return None
    return {"@context": CONTEXT, **_filled(node)}


def _record_page(page: RecordPage, origin: str) -> Node:
    record = page.record
    institutions = [fact.value for fact in _stated(page, "institution")]
    return {
        **_record(record, origin),
        "identifier": record.id,
        "abstract": record.summary,
        "genre": record.kind.value,
        "about": [{"@type": "DefinedTerm", "name": fact.value} for fact in _stated(page, *_ABOUT)],
        "sourceOrganization": [{"@type": "Organization", "name": name} for name in institutions],
        "spatialCoverage": [{"@type": "Country", "name": f.value} for f in _stated(page, "country")],
        "pageStart": record.place.label,
        "pageEnd": page.last.label,
        "isPartOf": _book(record.handbook, origin, page.edition),
        "hasPart": [_record(one, origin) for one in page.practices if record.kind.value == "annex"],
        "mentions": [_record(tool, origin) for tool in page.tools],
    }


def _handbook_page(page: HandbookPage, origin: str) -> Node:
    return {
        **_book(page.handbook, origin, page.handbook.edition),
        "identifier": page.handbook.id,
        "numberOfPages": page.pages,
        "isBasedOn": page.source if page.source.startswith(("http://", "https://")) else "",
        "hasPart": [
            _record(one, origin)
            for chapter in page.chapters
            for one in (*((chapter.annex,) if chapter.annex else ()), *chapter.practices, *chapter.tools)
        ],
    }


def _home_page(page: HomePage, origin: str) -> Node:
    return {
        "@type": "WebSite",
        "@id": f"{origin}/",
        "url": f"{origin}/",
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{origin}/search?q={{need}}"},
            "query-input": "required name=need",
        },
        "hasPart": [_book(one.handbook, origin, one.handbook.edition) for one in page.handbooks],
    }


def _record(record: RecordRef, origin: str) -> Node:
    return {
        "@type": "Chapter",
        "@id": origin + record.url,
        "url": origin + record.url,
        "name": record.title,
        "inLanguage": record.language,
    }


def _book(handbook: HandbookRef, origin: str, edition: int) -> Node:
    return {
        "@type": "Book",
        "@id": origin + handbook.url,
        "url": origin + handbook.url,
        "name": handbook.title,
        "bookEdition": str(edition),
        "inLanguage": handbook.language,
    }


def _stated(page: RecordPage, *names: str) -> list[Fact]:
    return [fact for fact in page.facts if fact.name in names and fact.origin is not Origin.INFERRED]


def _filled(node: Node) -> Node:
    """A node without what the handbook is silent on."""
    return {name: value for name, value in node.items() if value not in ("", [], None)}
