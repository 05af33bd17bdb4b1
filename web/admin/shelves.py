"""The pages of a handbook's editions and of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from kb import Edition, InputError, web_address
from kb.office import Journal
from web.admin.office_pages import BookLine, EditionLine, LogLine, LogPage, ShelfPage
from web.frame import Refs, links

LINES = 50
LONGEST_DETAIL = 300  # characters
MOST_SUBJECTS, LONGEST_SUBJECT = 20, 100


def lines(refs: Refs) -> tuple[BookLine, ...]:
    """The handbooks that are served, by title, then those that were removed."""
    store = refs.library.store
    return tuple(_line(refs, book) for book in (*(b.id for b in refs.handbooks), *store.removed()))


def shelf_page(refs: Refs, handbook: str, who: str, csrf: str, done: str = "") -> ShelfPage:
    """The editions of a handbook, one that was removed as well.

    Raises:
        NotFoundError: there is no such handbook.
    """
    store = refs.library.store
    book = _line(refs, handbook)
    found = store.editions(handbook)
    stated = store.handbook(handbook) if book.is_served else None
    return ShelfPage(
        url=links.shelf(handbook),
        notice=refs.library.notices,
        csrf=csrf,
        who=who,
        book=book,
        editions=tuple(_edition(book, edition, found[at + 1 :]) for at, edition in enumerate(found)),
        publisher=stated.publisher if stated else "",
        licence=stated.licence if stated else "",
        own_page=stated.url if stated else "",
        name=stated.name if stated else "",
        subjects=stated.subjects if stated else (),
        profile=store.profile(handbook),
        done=done,
    )


def log_page(journal: Journal, who: str, csrf: str, before: int = 0) -> LogPage:
    """A page of the log; `before` is the number of the line that it is older than."""
    found = journal.entries(LINES + 1, before)
    return LogPage(
        url="/admin/log",
        notice=(),
        csrf=csrf,
        who=who,
        entries=tuple(LogLine(**asdict(entry)) for entry in found[:LINES]),
        older=f"/admin/log?before={found[LINES - 1].number}" if len(found) > LINES else "",
        is_first=before == 0,
    )


def number(fields: Mapping[str, str]) -> int:
    """The edition that a form names."""
    given = fields.get("edition", "")
    if not (given.isascii() and given.isdecimal() and len(given) < 6):
        raise InputError("no edition was named; load the page again")
    return int(given)


def details(fields: Mapping[str, str]) -> dict[str, str]:
    """Whose a handbook is, as a form says it.

    Raises:
        InputError: a part is too long, or its web page is no address.
    """
    given = {name: " ".join(fields.get(name, "").split()) for name in ("publisher", "licence", "url")}
    for name, value in given.items():
        if len(value) > LONGEST_DETAIL:
            raise InputError(
                f"{name}: {len(value)} characters, at most {LONGEST_DETAIL} are kept; shorten it"
            )
    return given | ({"url": web_address(given["url"])} if given["url"] else {})


def subjects(fields: Mapping[str, str]) -> tuple[str, ...]:
    """What a handbook is about, as a form says it: a subject a line.

    Raises:
        InputError: there are too many, or one is too long.
    """
    given = tuple(
        dict.fromkeys(
            one for line in fields.get("subjects", "").splitlines() if (one := " ".join(line.split()))
        )
    )
    if len(given) > MOST_SUBJECTS or any(len(one) > LONGEST_SUBJECT for one in given):
        raise InputError(
            f"subjects: at most {MOST_SUBJECTS} of {LONGEST_SUBJECT} characters are kept; leave some out"
        )
    return given


def name(fields: Mapping[str, str]) -> str:
    """What a handbook is called, as a form says it; InputError where that is too long."""
    given = " ".join(fields.get("name", "").split())
    if len(given) > LONGEST_DETAIL:
        raise InputError(f"name: {len(given)} characters, at most {LONGEST_DETAIL} are kept; shorten it")
    return given


def _line(refs: Refs, handbook: str) -> BookLine:
    store = refs.library.store
    published = store.published(handbook)
    is_served = any(book.id == handbook for book in refs.handbooks)
    edition = refs.edition(handbook) if is_served else store.edition(handbook, store.last_served(handbook))
    return BookLine(
        id=handbook,
        title=next((book.title for book in refs.handbooks if book.id == handbook), edition.title),
        language=edition.language,
        url=links.shelf(handbook),
        edition=edition.number,
        editions=len(published),
        is_served=is_served,
    )


def _edition(book: BookLine, edition: Edition, earlier: tuple[Edition, ...]) -> EditionLine:
    changes = links.changes(book.id, earlier[0].number, edition.number) if earlier and book.is_served else ""
    return EditionLine(
        number=edition.number,
        title=edition.title,
        file_name=edition.file_name,
        pages=len(edition.pages),
        ingested_at=edition.ingested_at,
        is_served=book.is_served and edition.number == book.edition,
        changes=changes,
    )
