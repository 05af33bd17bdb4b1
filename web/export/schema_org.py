"""Records and handbooks as schema.org has them, for search engines, aggregators and reference managers.

schema.org cannot mark a value as inferred, so that only what is printed, or stated by a person, is in it.
"""

from __future__ import annotations

from collections.abc import Iterable

from kb import Kind
from web.export.catalogued import Catalogued, CataloguedBook, licence_address
from web.frame import Json

_INSTRUCTIONS = frozenset({"Guide", "Checklist"})
"""Types of tools, as their labels are in English, that say step by step how something is done."""


def record_types(about: Catalogued) -> list[str]:
    """What a record is: always a chapter of its handbook, and what its kind and its stated type make it besides."""
    types = ["Chapter"]
    if about.kind in (Kind.PRACTICE, Kind.TOOL):
        types.append("LearningResource")
    if about.kind is Kind.TOOL and not _INSTRUCTIONS.isdisjoint(about.told("tool_type")):
        types.append("HowTo")
    return types


def record_node(about: Catalogued, modified: str, pages: Iterable[str] = ()) -> Json:
    """A record; `modified` is since when it reads as it does, `pages` are the addresses of pages it stands on."""
    types = record_types(about)
    institutions = [_named("Organization", name) for name in about.told("institution")]
    return {
        "@type": types if len(types) > 1 else types[0],
        "@id": about.url,
        "url": about.url,
        "name": about.title,
        "inLanguage": about.language,
        "identifier": about.id,
        "abstract": about.summary,
        "genre": about.kind.value,
        "learningResourceType": about.kind.value if "LearningResource" in types else "",
        "about": [_named("DefinedTerm", name) for name in about.told("theme", "discipline", "format")],
        "educationalLevel": [_named("DefinedTerm", name) for name in about.told("level")],
        "audience": [{"@type": "Audience", "audienceType": name} for name in about.told("target_group")],
        "creator": institutions,
        "sourceOrganization": institutions,
        "contributor": [_named("Organization", name) for name in about.told("partner")],
        "spatialCoverage": [_named("Country", name) for name in about.told("country")],
        "license": licence(about.book),
        "dateModified": modified,
        "isPartOf": book_node(about.book),
        "isBasedOn": list(pages),
    }


def book_node(book: CataloguedBook) -> Json:
    """A handbook, as far as what it is silent on is left out."""
    whole = {
        "@type": "Book",
        "@id": book.url,
        "url": book.url,
        "name": book.title,
        "bookEdition": str(book.edition),
        "inLanguage": book.language,
        "about": [_named("Thing", subject) for subject in book.subjects],
        "author": [_named("Person", name) for name in book.told("author")],
        "publisher": [_named("Organization", name) for name in book.told("publisher")][:1],
        "datePublished": book.first("year"),
        "isbn": book.first("isbn"),
        "sameAs": f"https://doi.org/{doi}" if (doi := book.first("doi")) else "",
        "license": licence(book),
    }
    return {name: value for name, value in whole.items() if value}


def licence(book: CataloguedBook) -> Json | str:
    """The address of the licence where it has one, else its words; "" where none is stated."""
    named = book.first("licence")
    if not named:
        return ""
    return licence_address(named) or _named("CreativeWork", named)


def _named(kind: str, name: str) -> Json:
    return {"@type": kind, "name": name}
