"""What catalogues elsewhere are told of records and handbooks: which facts are handed on, decided in one place.

References, linked data, OAI-PMH and the DCAT catalogue are written from it. What a page prints, or the library's owner
states, is handed on; what a rule inferred is not, or is marked so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kb import Facet, Handbook, Kind, Origin, Record
from kb.editions import unreferenced
from web.export.exported import Exported, ValueExported, clean, value_of
from web.frame import links, prose

TOPICS = ("theme", "discipline", "format", "level", "target_group")
_CREATIVE_COMMONS = re.compile(
    r"CC[ -]?BY(?P<kind>(?:[ -](?:NC|ND|SA))*)[ -]?(?P<version>[1-4]\.[05])?", re.IGNORECASE
)
_GIVEN_UP = re.compile(r"CC[ -]?(?:0|zero)(?:[ -]1\.0)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CataloguedBook:
    """A handbook; its values are those of its imprint and of its owner, each with its origin."""

    id: str
    url: str
    """Absolute, as all addresses here."""
    title: str
    language: str
    edition: int
    values: tuple[ValueExported, ...]
    subjects: tuple[str, ...] = ()
    """What its owner says it is about."""

    def told(self, name: str) -> tuple[str, ...]:
        """What is known by print or by the owner: of author, publisher, year, licence, isbn, doi or country."""
        return told(self.values, name)

    def first(self, name: str) -> str:
        """The first of these; "" for none."""
        return next(iter(self.told(name)), "")


@dataclass(frozen=True, slots=True)
class Catalogued:
    """A record."""

    id: str
    url: str
    kind: Kind
    title: str
    summary: str
    """In the words of the handbook."""
    language: str
    book: CataloguedBook
    values: tuple[ValueExported, ...]
    tools: tuple[str, ...] = ()
    """Addresses of the tools that a practice uses."""

    @property
    def topics(self) -> tuple[str, ...]:
        """What it is about, as far as the handbook states it."""
        return self.told(*TOPICS)

    @property
    def author(self) -> str:
        """Whose it is, "" where the handbook does not state it."""
        return next(iter(self.told("institution")), "")

    def told(self, *names: str) -> tuple[str, ...]:
        """The values of some facets that the handbook states, in their order, each once."""
        return told(self.values, *names)

    def inferred(self, *names: str) -> tuple[str, ...]:
        """The values of some facets that a rule inferred."""
        given = (one.label for one in self.values if one.name in names and one.origin is Origin.INFERRED)
        return tuple(dict.fromkeys(given))


def told(values: Iterable[ValueExported], *names: str) -> tuple[str, ...]:
    """The values of some names that are printed, or stated by a person; none that a rule inferred."""
    given = (one.label for one in values if one.name in names and one.origin is not Origin.INFERRED)
    return tuple(dict.fromkeys(given))


def of_exported(item: Exported) -> Catalogued:
    """A record that is handed out."""
    book = CataloguedBook(
        item.handbook,
        item.handbook_url,
        item.handbook_title,
        item.language,
        item.edition,
        item.handbook_imprint,
    )
    own = tuple(one for one in item.facets if one.name != "institution")
    is_inferred = "institution" in item.inferred
    origin = Origin.INFERRED if is_inferred else Origin.STATED
    first = (known("institution", item.institution, origin),) if item.institution else ()
    return Catalogued(
        item.id, item.url, item.kind, item.title, item.summary, item.language, book, (*first, *own)
    )


def of_record(record: Record, book: Handbook, origin: str) -> Catalogued:
    """A record as it is kept, of a handbook; `origin` ("https://example.org") goes before each address."""
    return Catalogued(
        id=record.id,
        url=origin + links.record(record.kind, record.id),
        kind=record.kind,
        title=clean(record.title),
        summary=" ".join(clean(unreferenced(prose.summary(record))).split()),
        language=record.language,
        book=of_handbook(book, origin),
        values=values_of(record),
        tools=tuple(origin + links.record(Kind.TOOL, tool) for tool in record.tools),
    )


def of_handbook(book: Handbook, origin: str) -> CataloguedBook:
    """A handbook as the library lists it."""
    return CataloguedBook(
        id=book.id,
        url=origin + links.handbook(book.id),
        title=clean(book.title),
        language=book.language,
        edition=book.edition,
        values=tuple(value_of(fact, "") for fact in book.facts if fact.name != "title"),
        subjects=tuple(clean(subject) for subject in book.subjects),
    )


def values_of(record: Record) -> tuple[ValueExported, ...]:
    """The values of a record, its institution among them where no facet names it."""
    values = tuple(value_of(facet, "") for facet in dict.fromkeys(record.facets))
    if record.institution and record.institution not in record.values("institution"):
        values = (value_of(Facet("institution", record.institution), ""), *values)
    return values


def known(name: str, label: str, origin: Origin) -> ValueExported:
    """A value as it is shown, to be handed on."""
    return ValueExported(name, label, label, origin, None, "")


def licence_address(licence: str) -> str:
    """The address of a Creative Commons licence that is named whole, with its version; "" for any other words."""
    named = " ".join(licence.split())
    if _GIVEN_UP.fullmatch(named):
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    found = _CREATIVE_COMMONS.fullmatch(named)
    if found is None or not found["version"]:
        return ""
    parts = {part.lower() for part in re.findall("[A-Za-z]+", found["kind"])}
    kind = "-".join(("by", *(part for part in ("nc", "nd", "sa") if part in parts)))
    is_licence = not {"nd", "sa"} <= parts
    return f"https://creativecommons.org/licenses/{kind}/{found['version']}/" if is_licence else ""
