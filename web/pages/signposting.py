"""What the pages of records and handbooks say of themselves to programs: facts to hand on, and signposts (FAIR).

Signposts are links with a meaning, in the `Link` header of the page and, all of them, as a link set (RFC 9264).
"""

from __future__ import annotations

from collections.abc import Iterable

from web.export import Catalogued, CataloguedBook, Format, catalogued, schema_org
from web.frame import HandbookRef, Json, RecordRef, Signpost, links
from web.pages.facts import Fact

LINKSET = "application/linkset+json"
LANDING = "https://schema.org/AboutPage"
"""What the page is, beside what it is about."""


def about_record(
    record: RecordRef, facts: Iterable[Fact], imprint: Iterable[Fact], origin: str, edition: int
) -> Catalogued:
    """What a page shows of its record, to be handed on."""
    return Catalogued(
        id=record.id,
        url=origin + record.url,
        kind=record.kind,
        title=record.title,
        summary=record.summary,
        language=record.language,
        book=about_book(record.handbook, imprint, origin, edition),
        values=tuple(catalogued.known(fact.name, fact.value, fact.origin) for fact in facts),
    )


def about_book(
    book: HandbookRef, facts: Iterable[Fact], origin: str, edition: int, subjects: tuple[str, ...] = ()
) -> CataloguedBook:
    """What a page shows of a handbook, to be handed on."""
    values = tuple(catalogued.known(fact.name, fact.value, fact.origin) for fact in facts)
    return CataloguedBook(book.id, origin + book.url, book.title, book.language, edition, values, subjects)


def record_signposts(about: Catalogued, facts: Iterable[Fact], origin: str, pdf: str) -> tuple[Signpost, ...]:
    """Where a program finds what belongs to a record; `pdf` is the address of its handbook's file, "" for none."""
    url = links.record(about.kind, about.id)
    stated = about.told("institution")
    authors = (fact.url for fact in facts if fact.name == "institution" and fact.url and fact.value in stated)
    return (
        Signpost("cite-as", about.url),
        *_types(schema_org.record_types(about)),
        *_files("describedby", origin, url, Format.BIBTEX, Format.RIS, Format.CSL),
        *_files("item", origin, url, Format.JSON, Format.CSV),
        *_pdf(origin, pdf),
        Signpost("collection", about.book.url, "text/html"),
        *_licence(about.book),
        *(Signpost("author", origin + address) for address in dict.fromkeys(authors)),
        Signpost("linkset", origin + links.linkset(url), LINKSET),
    )


def book_signposts(book: CataloguedBook, origin: str, pdf: str) -> tuple[Signpost, ...]:
    """Where a program finds what belongs to a handbook; `pdf` is the address of its file, "" for none."""
    url = links.handbook(book.id)
    return (
        Signpost("cite-as", book.url),
        *_types(["Book"]),
        Signpost("describedby", f"{origin}{links.CATALOGUE}", "application/ld+json"),
        *_files("item", origin, url, Format.JSON, Format.CSV, Format.XLSX),
        *_pdf(origin, pdf),
        *_licence(book),
        Signpost("linkset", origin + links.linkset(url), LINKSET),
    )


def linkset(anchor: str, posts: Iterable[Signpost]) -> Json:
    """The signposts of a page as a link set, by relation."""
    found: Json = {}
    for post in posts:
        if post.rel != "linkset":
            target = {"href": post.href} | ({"type": post.media_type} if post.media_type else {})
            found.setdefault(post.rel, []).append(target)
    return {"linkset": [{"anchor": anchor, **found}]}


def _types(names: Iterable[str]) -> list[Signpost]:
    return [Signpost("type", kind) for kind in (LANDING, *(f"https://schema.org/{name}" for name in names))]


def _files(rel: str, origin: str, url: str, *forms: Format) -> list[Signpost]:
    return [Signpost(rel, origin + links.export(url, form), form.media_type) for form in forms]


def _pdf(origin: str, address: str) -> list[Signpost]:
    return [Signpost("item", origin + address, "application/pdf")] if address else []


def _licence(book: CataloguedBook) -> list[Signpost]:
    address = catalogued.licence_address(book.first("licence"))
    return [Signpost("license", address)] if address else []
