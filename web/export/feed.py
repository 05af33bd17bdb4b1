"""Atom feeds: what changed, an entry for each edition of a handbook, and the answers to a need to be followed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from xml.etree import ElementTree as ET

from kb.care import changes
from kb.editions import Changes
from kb.search import Sort
from kb.store import Store
from web.frame import Refs, SearchAsked, links

MOST_ENTRIES = 20
MOST_ANSWERS = 50
MOST_TITLES = 50  # of each group in an entry
MEDIA_TYPE = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"


def feed(refs: Refs, origin: str, handbook: str = "") -> bytes:
    """The newest editions of a handbook, or of all that are served, newest first.

    Raises:
        NotFoundError: there is no such handbook.
    """
    store = refs.library.store
    books = (
        {handbook: refs.handbook(handbook)}
        if handbook
        else {b.id: refs.handbook(b.id) for b in refs.handbooks}
    )
    entries = [
        (date, book, number, previous)
        for book in books
        for (number, date), previous in _with_previous(refs.library.dates(book))
    ]
    entries = sorted(entries, reverse=True)[:MOST_ENTRIES]
    address = origin + (f"{links.changes(handbook)}.atom" if handbook else "/changes.atom")
    page = origin + (links.changes(handbook) if handbook else "/")
    title = f"Changes of {books[handbook].title}" if handbook else "Changes of the practice knowledge base"
    root = _feed(address, title, entries[0][0] if entries else "", page)
    for date, book, number, previous in entries:
        entry = ET.SubElement(root, "entry")
        url = origin + (links.changes(book, previous, number) if previous else links.handbook(book))
        name = f"{books[book].title}, edition {number}"
        _heading(entry, f"{origin}{links.handbook(book)}#edition-{number}", name, date, url)
        _text(entry, "content", _content(store, book, previous, number), type="html")
    return _written(root)


def answers(refs: Refs, asked: SearchAsked, origin: str) -> bytes:
    """The best answers to a need, the one first that is new or was changed last; none where nothing answers.

    Each keeps its id for good, and its date is that of the edition since which it says what it says: so a reader of
    feeds shows what an edition brought.
    """
    query = replace(asked, page=1, limit=MOST_ANSWERS, sort=Sort.BEST).query()
    found = refs.library.search(query)
    since = refs.library.store.unchanged_since
    hits = () if found.no_match else found.hits
    dated = sorted(((since(hit.record.id), n) for n, hit in enumerate(hits)), key=lambda one: one[1])
    dated.sort(key=lambda one: one[0], reverse=True)
    address, page = origin + links.export(asked.url, "atom"), origin + asked.url
    root = _feed(address, asked.text, dated[0][0] if dated else "", page)
    for date, number in dated:
        hit = hits[number]
        record, said = refs.record(hit.record), hit.evidence
        entry = ET.SubElement(root, "entry")
        _heading(entry, origin + record.url, record.title, date, origin + record.url)
        place = refs.place(refs.edition_of(hit.record), said.page).label or said.page
        source = f"{record.handbook.title}, p. {place}"
        _text(entry, "content", " – ".join(part for part in (said.text, record.institution, source) if part))
    return _written(root)


def _feed(address: str, title: str, date: str, page: str) -> ET.Element:
    """A feed without entries: its own address, its title, when it changed last, and the page that it is of."""
    root = ET.Element("feed", xmlns=ATOM)
    _heading(root, address, title, date, page)
    ET.SubElement(root, "link", rel="self", type=MEDIA_TYPE, href=address)
    author = ET.SubElement(root, "author")
    _text(author, "name", "Practice knowledge base")
    return root


def _written(root: ET.Element) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}'.encode()


def _with_previous(dates: tuple[tuple[int, str], ...]) -> list[tuple[tuple[int, str], int]]:
    """Each edition, newest first, with the number of the one before it, 0 for the first."""
    return list(zip(dates, [*(number for number, _ in dates[1:]), 0], strict=True))


def _heading(parent: ET.Element, name: str, title: str, date: str, url: str) -> None:
    _text(parent, "id", name)
    _text(parent, "title", title)
    _text(parent, "updated", _stamp(date))
    ET.SubElement(parent, "link", rel="alternate", type="text/html", href=url)


def _stamp(date: str) -> str:
    """A date as RFC 3339 has it; the beginning of time for one that is not known."""
    try:
        return datetime.fromisoformat(date).astimezone().isoformat(timespec="seconds")
    except ValueError:
        return "1970-01-01T00:00:00+00:00"


def _text(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    """Add an element; control characters, which broken PDFs bring and XML forbids, are left out."""
    ET.SubElement(parent, tag, attributes).text = "".join(c for c in text if c in "\n\t" or c.isprintable())


def _content(store: Store, handbook: str, before: int, after: int) -> str:
    if not before:
        return ET.tostring(_paragraph("The first edition in the library."), encoding="unicode")
    found = changes.between(store, handbook, before, after)
    body = ET.Element("div")
    body.append(_paragraph(f"{found.unchanged} records are unchanged."))
    for name, titles in _groups(found).items():
        if titles:
            _text(body, "h2", f"{name} ({len(titles)})")
            listed = ET.SubElement(body, "ul")
            for title in titles[:MOST_TITLES]:
                _text(listed, "li", title)
    return ET.tostring(body, encoding="unicode")


def _paragraph(text: str) -> ET.Element:
    made = ET.Element("p")
    made.text = text
    return made


def _groups(found: Changes) -> dict[str, list[str]]:
    return {
        "Added": [title for _, title in found.added],
        "Removed": [title for _, title in found.removed],
        "Renamed": [f"{c.before} → {c.after}" for c in found.renamed],
        "Moved": [f"{c.title}: {c.before or '–'} → {c.after or '–'}" for c in found.moved],
        "Rewritten": [w.title for w in found.rewritten],
        "Split": [f"{p.title}: {'; '.join(t for _, t in p.others)}" for p in found.split],
        "Merged": [f"{p.title}: {'; '.join(t for _, t in p.others)}" for p in found.merged],
    }
